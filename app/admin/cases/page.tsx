import type { Metadata } from "next";
import { getMessages, getTranslations } from "next-intl/server";
import { RecordTable } from "#components/console/record-table";
import { Button } from "#components/ui/button";
import { Callout } from "#components/ui/callout";
import { Empty } from "#components/ui/empty";
import { PageHead } from "#components/ui/page-head";
import { Pager } from "#components/ui/pager";
import { caseQueue, type QueuedCase } from "#lib/console/case-queue";
import { type CaseState, caseStates } from "#lib/recovery/case";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { whenWords } from "#lib/web/when";
import { spanWords } from "#lib/words/span";
import { Figures } from "./figures";
import { stateBadge } from "./state-badge";

export async function generateMetadata(): Promise<Metadata> {
  const { consoleCases, common } = await getMessages();
  return { title: `${consoleCases.title} – ${site(common.brand).name}` };
}

type Props = { searchParams: Promise<{ state?: string | string[]; after?: string | string[]; unknown?: string | string[] }> };

/** How many cases a page has, as its links say. */
const PAGE = 25;

export default async function CasesPage({ searchParams }: Props) {
  await requireStaffPage("cases.read");
  const asked = await searchParams;
  const state = caseStates.find((one) => one === asked.state) ?? null;
  const after = typeof asked.after === "string" ? asked.after : null;
  const { cases, next, now } = await caseQueue(state, after);
  const { consoleCaseStates: states } = await getMessages();
  const t = await getTranslations("consoleCases");
  const query = (more: Record<string, string>) => `/admin/cases?${new URLSearchParams({ ...(state ? { state } : {}), ...more })}`;
  return (
    <>
      <PageHead title={t("title")} lead={t("lead")} />
      {asked.unknown === undefined ? null : (
        <Callout tone="warn" role="alert" className="mb-4">
          {t("unknown")}
        </Callout>
      )}
      <form method="get" action="/admin/cases" className="flex flex-wrap items-end gap-3">
        <label className="min-w-0 flex-[0_1_16rem] text-sm font-bold" htmlFor="state">
          {t("filter")}
          <select className="input font-normal" id="state" name="state" defaultValue={state ?? ""}>
            <option value="">{t("all")}</option>
            {caseStates.map((one) => (
              <option key={one} value={one}>
                {states[one]}
              </option>
            ))}
          </select>
        </label>
        <Button kind="secondary" small>
          {t("show")}
        </Button>
      </form>
      <div className="mt-6">
        {cases.length > 0 ? (
          <List cases={cases} now={now} />
        ) : state ? (
          <Empty title={t("emptyStateTitle")}>{t("emptyStateText")}</Empty>
        ) : (
          <Empty title={t("emptyTitle")}>{t("emptyText")}</Empty>
        )}
      </div>
      {after || next ? (
        <Pager
          label={t("pages")}
          newer={after ? { href: query({}), label: t("first") } : undefined}
          older={next ? { href: query({ after: next }), label: t(isEnded(state) ? "nextEnded" : "next", { count: PAGE }) } : undefined}
        />
      ) : null}
      <Figures />
    </>
  );
}

const isEnded = (state: CaseState | null) => state !== null && ["done", "rejected", "cancelled", "expired"].includes(state);

/** The cases of one page: what each is, what it waits for and for how long. */
async function List({ cases, now }: { cases: QueuedCase[]; now: string }) {
  const t = await getTranslations("consoleCases");
  const { consoleCaseReasons: reasons, consoleCaseFlags: names, consoleCaseStates: states, consoleCases: words } = await getMessages();
  const when = await whenWords();
  const spent = ({ requestedAt, endedAt }: QueuedCase) => spanWords(Date.parse(endedAt ?? now) - Date.parse(requestedAt), words);
  return (
    <RecordTable
      caption={t("title")}
      rows={cases}
      keyOf={({ reference }) => reference}
      columns={[
        {
          key: "case",
          head: t("case"),
          cell: ({ reference, person }) => (
            <>
              <a className="inline-flex min-h-11 items-center whitespace-nowrap @[42rem]:min-h-0" href={`/admin/cases/${reference}`}>
                {reference}
              </a>
              <span className="block font-normal text-ink-2">{person}</span>
            </>
          ),
        },
        { key: "state", head: t("state"), cell: (one) => stateBadge(one, states) },
        {
          key: "why",
          head: t("why"),
          cell: ({ reason, startedByStaff }) => (
            <>
              {reasons[reason]}
              {startedByStaff ? <span className="block text-sm text-ink-2">{t("started")}</span> : null}
            </>
          ),
        },
        {
          key: "flags",
          head: t("flagsHead"),
          cell: ({ flags }) =>
            flags.length === 0 ? (
              <span className="text-ink-2">{t("noFlags")}</span>
            ) : (
              <ul className="inline-grid gap-0.5 align-top">
                {flags.map((flag) => (
                  <li key={flag} className="flex gap-1.5">
                    <span aria-hidden="true" className="text-kohaku">
                      ▲
                    </span>
                    {flag in names ? names[flag as keyof typeof names] : flag}
                  </li>
                ))}
              </ul>
            ),
        },
        {
          key: "waited",
          head: t("waited"),
          cell: (one) => (
            <>
              <span className="whitespace-nowrap tabular-nums">{spent(one)}</span>
              <span className="block text-sm text-ink-2">
                <time dateTime={one.requestedAt}>{when(one.requestedAt)}</time>
              </span>
              {one.endedAt ? (
                <span className="block text-sm text-ink-2">
                  {t("ended")} <time dateTime={one.endedAt}>{when(one.endedAt)}</time>
                </span>
              ) : null}
            </>
          ),
        },
      ]}
    />
  );
}
