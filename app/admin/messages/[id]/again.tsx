import { getTranslations } from "next-intl/server";
import { Button } from "#components/ui/button";
import { Callout } from "#components/ui/callout";
import { TextField } from "#components/ui/text-field";
import type { MessageRoom } from "#lib/console/message";
import { mayDo } from "#lib/staff/matrix";
import type { StaffSession } from "#lib/web/staff";
import { sessionForm } from "#lib/web/tie";
import { consoleGate } from "../../gate";
import { resendMessageAction } from "../actions";

/** Sending a message again, or why that is not possible and who may. */
export async function Again({
  message: { id, again, account, call, channel, status },
  staff,
}: {
  message: MessageRoom;
  staff: StaffSession;
}) {
  const t = await getTranslations("consoleMessage");
  if (again !== "code" && again !== "notice") return <p>{t(again === "gone" ? "lost" : again)}</p>;
  if (!mayDo(staff.user.roles, "messages.resend") || account?.id === staff.user.id) return <p>{t("who")}</p>;
  const lost = channel === "sms" && (status === "undelivered" || status === "failed");
  const gate = await consoleGate(staff, `/admin/messages/${id}`);
  return (
    <>
      <p>{t(again === "code" ? "againCode" : "againNotice")}</p>
      {lost ? (
        <Callout tone="warn" className="mt-3">
          {t(call ? "lostCall" : "lostAgain")}
        </Callout>
      ) : null}
      {gate ?? (
        <form action={resendMessageAction} name="resend">
          <input type="hidden" name="form" value={sessionForm(staff)} />
          <input type="hidden" name="id" value={id} />
          <TextField name="reason" label={t("reason")} hint={t("reasonHint")} required minLength={3} maxLength={200} autoComplete="off" />
          <div className="mt-4 flex flex-wrap gap-3">
            {call ? (
              <Button small name="act" value="call" kind={lost ? "primary" : "secondary"}>
                {t("sendCall")}
              </Button>
            ) : null}
            <Button small name="act" value="resend" kind={lost ? "secondary" : "primary"}>
              {t("send")}
            </Button>
          </div>
        </form>
      )}
    </>
  );
}
