import { getMessages, getTranslations } from "next-intl/server";
import { RecordTable } from "#components/console/record-table";
import { Button } from "#components/ui/button";
import { listInvites } from "#lib/staff/invites";
import { whenWords } from "#lib/web/when";
import { withdrawInviteAction } from "./actions";

/** The invitations that can still be accepted; `form` is the tie of the act, null while it is not open. */
export async function Invitations({ form }: { form: string | null }) {
  const invites = await listInvites();
  if (invites.length === 0) return null;
  const t = await getTranslations("consolePeople");
  const { consoleFrame } = await getMessages();
  const when = await whenWords();
  return (
    <section aria-labelledby="open-invitations" className="mt-8">
      <h2 id="open-invitations" className="text-lg">
        {t("open")}
      </h2>
      <p className="mt-1 mb-3 text-[0.9375rem]">{t("openLead")}</p>
      <RecordTable
        caption={t("open")}
        rows={invites}
        keyOf={({ id }) => id}
        columns={[
          { key: "who", head: t("email"), cell: ({ email }) => <bdi className="break-all">{email}</bdi> },
          { key: "role", head: t("role"), cell: ({ role }) => <span className="whitespace-nowrap">{consoleFrame[role]}</span> },
          { key: "by", head: t("invitedBy"), cell: ({ by }) => <bdi className="break-all">{by ?? t("byCommand")}</bdi> },
          { key: "until", head: t("openUntil"), cell: ({ expiresAt }) => <time dateTime={expiresAt}>{when(expiresAt)}</time> },
          ...(form
            ? [
                {
                  key: "act",
                  head: t("act"),
                  cell: ({ id, email }: { id: string; email: string }) => (
                    <form action={withdrawInviteAction} name="withdraw">
                      <input type="hidden" name="form" value={form} />
                      <input type="hidden" name="invitation" value={id} />
                      <Button name="act" value="withdraw" kind="secondary" small aria-label={t("withdrawOf", { email })}>
                        <span className="whitespace-nowrap">{t("withdraw")}</span>
                      </Button>
                    </form>
                  ),
                },
              ]
            : []),
        ]}
      />
    </section>
  );
}
