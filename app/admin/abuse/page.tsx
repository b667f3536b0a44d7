import type { Metadata } from "next";
import { getMessages, getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { RecordTable } from "#components/console/record-table";
import { Badge } from "#components/ui/badge";
import { Empty } from "#components/ui/empty";
import { PageHead } from "#components/ui/page-head";
import {
  type AbuseDays,
  abuseDays,
  crowdedAddresses,
  mostTexts,
  refusedByLimits,
  type Shared,
  type Suspect,
  sharedBrowsers,
  sharedNumbers,
  takenNumbers,
} from "#lib/console/abuse";
import { env } from "#lib/env";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { whenWords } from "#lib/web/when";

export async function generateMetadata(): Promise<Metadata> {
  const { consoleAbuse, common } = await getMessages();
  return { title: `${consoleAbuse.title} – ${site(common.brand).name}` };
}

type Props = { searchParams: Promise<{ days?: string | string[] }> };

/** Signs of abuse: what accounts have in common, who causes the most texts, and what limits refused. */
export default async function AbusePage({ searchParams }: Props) {
  await requireStaffPage("abuse.read");
  const days: AbuseDays = (await searchParams).days === "7" ? 7 : 1;
  const t = await getTranslations("consoleAbuse");
  const [numbers, taken, browsers, addresses, senders, refused] = await Promise.all([
    sharedNumbers(),
    takenNumbers(days),
    sharedBrowsers(),
    crowdedAddresses(),
    mostTexts(days),
    refusedByLimits(days),
  ]);
  return (
    <div className="@container">
      <PageHead title={t("title")} lead={t("lead")}>
        <nav aria-label={t("period")} className="mt-3">
          <ul className="flex flex-wrap gap-1.5">
            {abuseDays.map((one) => (
              <li key={one}>
                <a
                  className="inline-flex min-h-11 items-center rounded-full border border-line px-4 text-sm text-ink no-underline hover:underline aria-[current]:border-2 aria-[current]:border-ink aria-[current]:font-bold"
                  href={one === 1 ? "/admin/abuse" : `/admin/abuse?days=${one}`}
                  aria-current={one === days ? "true" : undefined}
                >
                  {t(`days_${one}`)}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      </PageHead>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-8 @[56rem]:grid-cols-2">
        <Groups id="numbers" title={t("numbers")} groups={numbers} none={t("numbersNone", { count: env().ACCOUNTS_PER_PHONE })} />
        <Groups id="taken" title={t("taken")} groups={taken} none={t("takenNone")} />
        <Groups id="browsers" title={t("browsers")} groups={browsers} none={t("browsersNone")} />
        <Groups id="addresses" title={t("addresses")} groups={addresses} none={t("addressesNone")} />
        <Part id="senders" title={t("senders")}>
          <p className="hint mb-2">{t("sendersLead")}</p>
          {senders.length === 0 ? <p>{t("sendersNone")}</p> : <Senders rows={senders} />}
        </Part>
        <Part id="refused" title={t("refused")}>
          <Refusals {...refused} />
        </Part>
      </div>
    </div>
  );
}

const Part = ({ id, title, children }: { id: string; title: string; children: ReactNode }) => (
  <section aria-labelledby={id} className="min-w-0 border-t-2 border-ink pt-2.5">
    <h2 id={id} className="text-lg">
      {title}
    </h2>
    {children}
  </section>
);

/** An account with the way to its room, and from there to its acts. */
async function Account({ one }: { one: Suspect }) {
  const t = await getTranslations("consoleAbuse");
  return (
    <span className="flex flex-wrap items-center gap-x-3">
      <a className="inline-flex min-h-11 items-center" href={`/admin/users/${one.id}`}>
        <bdi>{one.email}</bdi>
      </a>
      {one.suspended ? (
        <Badge tone="warn">{t("suspended")}</Badge>
      ) : (
        <a
          className="inline-flex min-h-11 items-center text-sm"
          href={`/admin/users/${one.id}#acts`}
          aria-label={t("actFor", { person: one.email })}
        >
          {t("act")}
        </a>
      )}
    </span>
  );
}

async function Groups({ id, title, groups, none }: { id: string; title: string; groups: readonly Shared[]; none: string }) {
  const t = await getTranslations("consoleAbuse");
  const when = await whenWords();
  return (
    <Part id={id} title={title}>
      {groups.length === 0 ? (
        <p className="mt-1 text-ink-2">{none}</p>
      ) : (
        <ul>
          {groups.map(({ key, what, at, accounts }) => (
            <li key={key} className="border-b border-line py-2">
              <p className="text-sm text-ink-2">
                {what ? t("accountsAt", { what, count: accounts.length }) : t("accountsCount", { count: accounts.length })}・
                <time dateTime={at}>{when(at)}</time>
              </p>
              <ul>
                {accounts.map((one) => (
                  <li key={one.id}>
                    <Account one={one} />
                  </li>
                ))}
              </ul>
            </li>
          ))}
        </ul>
      )}
    </Part>
  );
}

async function Senders({ rows }: { rows: Awaited<ReturnType<typeof mostTexts>> }) {
  const t = await getTranslations("consoleAbuse");
  return (
    <RecordTable
      caption={t("senders")}
      rows={rows}
      keyOf={({ id }) => id}
      columns={[
        { key: "account", head: t("account"), cell: (one) => <Account one={one} /> },
        { key: "texts", head: t("texts"), cell: ({ texts }) => <span className="tabular-nums">{texts}</span> },
      ]}
    />
  );
}

async function Refusals({ lines, countedAt }: Awaited<ReturnType<typeof refusedByLimits>>) {
  const t = await getTranslations("consoleAbuse");
  const { events } = await getMessages();
  const when = await whenWords();
  const nameOf = (event: string) => events[event.replaceAll(".", "_") as keyof typeof events] ?? event;
  if (lines.length === 0) return <Empty title={t("refusedNone")}>{t("refusedNoneText")}</Empty>;
  return (
    <>
      {countedAt ? <p className="hint mb-2">{t("refusedLead", { time: when(countedAt) })}</p> : null}
      <RecordTable
        caption={t("refused")}
        rows={lines}
        keyOf={({ event, reason }) => `${event} ${reason}`}
        columns={[
          { key: "what", head: t("what"), cell: ({ event }) => nameOf(event) },
          { key: "limit", head: t("limit"), cell: ({ reason }) => <code>{reason}</code> },
          { key: "times", head: t("times"), cell: ({ times }) => <span className="tabular-nums">{times}</span> },
        ]}
      />
    </>
  );
}
