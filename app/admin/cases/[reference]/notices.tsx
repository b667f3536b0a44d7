import { getLocale, getMessages, getTranslations } from "next-intl/server";
import { RecordTable } from "#components/console/record-table";
import { Badge, type Tone } from "#components/ui/badge";
import { Empty } from "#components/ui/empty";
import type { CaseDetail } from "#lib/console/case-detail";
import type { CaseNotice } from "#lib/console/case-notices";
import { noticeTitle } from "#lib/delivery/wording/notice-title";
import { endsSessions } from "#lib/recovery/case";
import { whenWords } from "#lib/web/when";
import { fill } from "#lib/words/fill";

const tones: Record<CaseNotice["status"], Tone> = {
  queued: "neutral",
  sent: "neutral",
  delivered: "good",
  undelivered: "warn",
  failed: "warn",
};

/** Where notices of the case went, whether they arrived, and whether a stop code was used. */
export async function Notices({ found, notices }: { found: CaseDetail; notices: CaseNotice[] }) {
  const t = await getTranslations("consoleCaseFacts");
  return (
    <section aria-labelledby="notices">
      <h2 id="notices" className="text-lg">
        {t("notices")}
      </h2>
      <div className="mt-2">
        {notices.length > 0 ? <List notices={notices} /> : <Empty title={t("noticesNone")}>{t("noticesNoneText")}</Empty>}
      </div>
      <p className="hint mt-2">{t(endsSessions(found.reason) && found.provenAt !== null ? "sessionsEnded" : "sessionsKept")}</p>
    </section>
  );
}

async function List({ notices }: { notices: CaseNotice[] }) {
  const t = await getTranslations("consoleCaseFacts");
  const { sentTexts, sentReasons } = await getMessages();
  const locale = (await getLocale()) === "en" ? "en" : "ja";
  const when = await whenWords();
  const to = ({ address, digits }: CaseNotice) =>
    address !== null ? t("mail", { address }) : digits !== null ? t("text", { digits }) : t("gone");
  const went = ({ status, reason }: CaseNotice) =>
    reason === null ? sentTexts[status] : fill(sentTexts.because, { outcome: sentTexts[status], reason: sentReasons[reason] });
  const stop = ({ hasStop, stoppedAt }: CaseNotice) =>
    !hasStop ? t("noStop") : stoppedAt ? <b>{t("stopUsed", { time: when(stoppedAt) })}</b> : t("stopUnused");
  return (
    <RecordTable
      caption={t("notices")}
      rows={notices}
      keyOf={({ id }) => id}
      columns={[
        { key: "to", head: t("to"), cell: (one) => <bdi>{to(one)}</bdi> },
        { key: "what", head: t("what"), cell: ({ template, at }) => noticeTitle(template, new Date(at), locale) ?? template },
        {
          key: "went",
          head: t("went"),
          cell: (one) => (
            <span className={one.reason === null ? "whitespace-nowrap" : ""}>
              <Badge tone={tones[one.status]}>{went(one)}</Badge>
            </span>
          ),
        },
        {
          key: "at",
          head: t("at"),
          cell: ({ at }) => (
            <time className="whitespace-nowrap" dateTime={at}>
              {when(at)}
            </time>
          ),
        },
        {
          key: "after",
          head: t("after"),
          cell: (one) => (
            <>
              {stop(one)}
              {one.digits !== null && one.status === "delivered" ? <span className="block text-sm text-ink-2">{t("alive")}</span> : null}
            </>
          ),
        },
      ]}
    />
  );
}
