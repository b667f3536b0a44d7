import { getMessages, getTranslations } from "next-intl/server";
import { RecordTable } from "#components/console/record-table";
import { type StampColumn, Stamps } from "#components/console/stamps";
import { Callout } from "#components/ui/callout";
import type { Approver } from "#lib/console/approvers";
import type { CaseDetail } from "#lib/console/case-detail";
import type { Alone } from "#lib/staff/people";
import { whenWords } from "#lib/web/when";

type Props = { found: CaseDetail; approvers: readonly Approver[]; alone: Alone; you: string };

const DAY = { year: "2-digit", month: "2-digit", day: "2-digit", timeZone: "Asia/Tokyo" } as const;
/** The day as seals write it, 26.11.27. */
const sealDay = (iso: string): string => new Intl.DateTimeFormat("ja", DAY).format(new Date(iso)).replaceAll("/", ".");

/** Who decided what, and who may approve and why: the four eyes of a case. */
export async function Decision({ found, approvers, alone, you }: Props) {
  const t = await getTranslations("consoleCase");
  const open = found.endedAt === null && found.approvedAt === null;
  return (
    <section aria-labelledby="decision">
      <h2 id="decision" className="text-lg">
        {t("stampsTitle")}
      </h2>
      <div className="mt-3">
        <Stamps caption={t("stamps")} columns={await columns(found)} none={t("none")} />
      </div>
      {open && alone.administrators === 1 && (alone.sole || approvers.every(({ why }) => why !== null)) ? (
        <Callout tone="warn" title={t("alone")} level={3} className="mt-4">
          {t(alone.sole ? "aloneCase" : alone.others ? "aloneNotYet" : "aloneNew")}
        </Callout>
      ) : null}
      {open ? <Who approvers={approvers} you={you} /> : null}
    </section>
  );
}

async function columns(found: CaseDetail): Promise<StampColumn[]> {
  const t = await getTranslations("consoleCase");
  const seal = (head: string, at: string | null, subject: string | null): StampColumn => {
    if (at === null) return { head, seal: null, label: `${head}: ${t("noneYet")}` };
    const address = subject === null ? null : found.names.get(subject);
    const whole = subject === null ? t("byCommand") : (address ?? t("byGone"));
    const date = sealDay(at);
    return {
      head,
      seal: {
        act: head,
        date,
        name: address ? [...(address.split("@")[0] ?? "")].slice(0, 8).join("") : t(subject === null ? "sealCommand" : "sealGone"),
      },
      label: t("sealOf", { act: head, date, name: whole }),
    };
  };
  const by =
    found.openedBy === null
      ? [t("byPerson"), t("byPersonProof")]
      : [t("byStaff"), t(found.provenAt === null ? "byStaffProof" : "byPersonProof")];
  return [
    {
      head: t("roadRequest"),
      text: (
        <>
          {by[0]}
          <span className="hint block">{by[1]}</span>
        </>
      ),
    },
    seal(t("roadReview"), found.reviewedAt, found.reviewedBy),
    seal(t("roadApproval"), found.approvedAt, found.approvedBy),
  ];
}

async function Who({ approvers, you }: Pick<Props, "approvers" | "you">) {
  const t = await getTranslations("consoleCase");
  const { consoleFrame } = await getMessages();
  const when = await whenWords();
  const becauses = {
    role: "becauseRole",
    own_account: "becauseOwn",
    own_review: "becauseReviewer",
    own_reviewer: "becauseMadeReviewer",
    new_administrator: "becauseNew",
    suspended: "becauseSuspended",
  } as const;
  const because = ({ why, from, alone }: Approver) =>
    why === null ? t(alone ? "becauseAlone" : "becauseCan") : t(becauses[why], { time: from ? when(from) : "" });
  return (
    <>
      <h3 className="mt-5 text-base">{t("whoTitle")}</h3>
      <div className="mt-2">
        <RecordTable
          caption={t("whoTitle")}
          rows={approvers}
          keyOf={({ userId }) => userId}
          columns={[
            {
              key: "who",
              head: t("who"),
              cell: ({ email, userId }) => (
                <bdi className="break-all">
                  {email}
                  {userId === you ? t("you") : ""}
                </bdi>
              ),
            },
            {
              key: "role",
              head: t("role"),
              cell: ({ roles }) => (
                <span className="whitespace-nowrap">{consoleFrame[roles.includes("administrator") ? "administrator" : "support"]}</span>
              ),
            },
            {
              key: "may",
              head: t("approval"),
              cell: ({ why }) => (
                <span className={`whitespace-nowrap ${why === null ? "font-bold" : ""}`}>
                  <span aria-hidden="true">{why === null ? "○ " : "× "}</span>
                  {t(why === null ? "can" : why === "new_administrator" ? "notYet" : "cannot")}
                </span>
              ),
            },
            { key: "why", head: t("because"), cell: because },
          ]}
        />
      </div>
    </>
  );
}
