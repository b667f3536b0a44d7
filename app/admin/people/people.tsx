import { getMessages, getTranslations } from "next-intl/server";
import { RecordTable } from "#components/console/record-table";
import { Badge } from "#components/ui/badge";
import { Button } from "#components/ui/button";
import { REASON } from "#lib/console/reason";
import { listMembers, type Member } from "#lib/staff/people";
import { whenWords } from "#lib/web/when";
import { revokePersonAction } from "./actions";

type Props = {
  you: string;
  /** The tie of the acts; null while they are not open. */
  form: string | null;
  may: boolean;
};

/** The staff: who, as what, since when, and who may approve recoveries. */
export async function People({ you, form, may }: Props) {
  const t = await getTranslations("consolePeople");
  const { consoleFrame } = await getMessages();
  const when = await whenWords();
  const members = await listMembers();
  const administrators = members.filter(({ roles, disabled }) => roles.includes("administrator") && !disabled);
  const isLast = (one: Member) => administrators.length === 1 && administrators[0]?.userId === one.userId;
  const approves = ({ roles, mayApproveAt, disabled }: Member) => {
    if (!roles.includes("administrator") || disabled) return t("approvesNever");
    return mayApproveAt ? t("approvesFrom", { time: when(mayApproveAt) }) : t("approvesNow");
  };
  const act = (one: Member) => {
    if (isLast(one)) return <span className="text-sm text-ink-2">{t("revokeLast")}</span>;
    if (one.userId === you) return <span className="text-sm text-ink-2">{t("revokeOwn")}</span>;
    return form ? <Revoke form={form} member={one} /> : null;
  };
  return (
    <RecordTable
      caption={t("title")}
      rows={members}
      keyOf={({ userId }) => userId}
      columns={[
        {
          key: "who",
          head: t("who"),
          cell: ({ email, userId, disabled }) => (
            <>
              <bdi className="break-all">
                {email}
                {userId === you ? t("you") : ""}
              </bdi>
              {disabled ? <Badge tone="warn">{t("suspended")}</Badge> : null}
            </>
          ),
        },
        {
          key: "role",
          head: t("role"),
          cell: ({ roles }) => <span className="whitespace-nowrap">{roles.map((role) => consoleFrame[role]).join("・")}</span>,
        },
        { key: "since", head: t("since"), cell: ({ grantedAt }) => <time dateTime={grantedAt}>{when(grantedAt)}</time> },
        { key: "approves", head: t("approves"), cell: approves },
        ...(may ? [{ key: "act", head: t("act"), cell: act }] : []),
      ]}
    />
  );
}

async function Revoke({ form, member }: { form: string; member: Member }) {
  const t = await getTranslations("consolePeople");
  const id = `reason-${member.userId}`;
  return (
    <details className="min-w-0">
      <summary className="min-h-11 cursor-pointer py-2 text-sm text-ai">{t("revoke")}</summary>
      <form action={revokePersonAction} className="pb-3">
        <input type="hidden" name="form" value={form} />
        <input type="hidden" name="person" value={member.userId} />
        <p className="text-sm">{t("revokeWhat", { email: member.email })}</p>
        <label className="label mt-2" htmlFor={id}>
          {t("reason")}
        </label>
        <p className="hint" id={`${id}-hint`}>
          {t("reasonHint")}
        </p>
        <input
          className="input"
          id={id}
          name="reason"
          aria-describedby={`${id}-hint`}
          minLength={REASON.least}
          maxLength={REASON.most}
          autoComplete="off"
          required
        />
        <Button name="act" value="revoke" kind="danger" small className="mt-3">
          {t("revoke")}
        </Button>
      </form>
    </details>
  );
}
