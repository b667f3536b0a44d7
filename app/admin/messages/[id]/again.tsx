import { getTranslations } from "next-intl/server";
import { Button } from "#components/ui/button";
import { TextField } from "#components/ui/text-field";
import type { MessageRoom } from "#lib/console/message";
import { mayDo } from "#lib/staff/matrix";
import type { StaffSession } from "#lib/web/staff";
import { sessionForm } from "#lib/web/tie";
import { consoleGate } from "../../gate";
import { resendMessageAction } from "../actions";

/** Sending a message again, or why that is not possible and who may. */
export async function Again({ message: { id, again, account }, staff }: { message: MessageRoom; staff: StaffSession }) {
  const t = await getTranslations("consoleMessage");
  if (again !== "code" && again !== "notice") return <p>{t(again === "gone" ? "lost" : again)}</p>;
  if (!mayDo(staff.user.roles, "messages.resend") || account?.id === staff.user.id) return <p>{t("who")}</p>;
  const gate = await consoleGate(staff, `/admin/messages/${id}`);
  return (
    <>
      <p>{t(again === "code" ? "againCode" : "againNotice")}</p>
      {gate ?? (
        <form action={resendMessageAction} name="resend">
          <input type="hidden" name="form" value={sessionForm(staff)} />
          <input type="hidden" name="id" value={id} />
          <TextField name="reason" label={t("reason")} hint={t("reasonHint")} required minLength={3} maxLength={200} autoComplete="off" />
          <Button small name="act" value="resend" className="mt-4">
            {t("send")}
          </Button>
        </form>
      )}
    </>
  );
}
