import type { Metadata } from "next";
import { getFormatter, getLocale, getMessages, getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { RecordTable } from "#components/console/record-table";
import { Badge } from "#components/ui/badge";
import { Callout } from "#components/ui/callout";
import { Empty } from "#components/ui/empty";
import { Facts } from "#components/ui/facts";
import { PageHead } from "#components/ui/page-head";
import { type Health, type Line, readHealth } from "#lib/console/health";
import { listStops } from "#lib/delivery/stops";
import { budgetName, conditionWords, isOfYen, said } from "#lib/health/words";
import { mayDo } from "#lib/staff/matrix";
import { site } from "#lib/web/site";
import { requireStaffPage, type StaffSession } from "#lib/web/staff";
import { sessionForm } from "#lib/web/tie";
import { whenWords } from "#lib/web/when";
import { capital } from "#lib/words/capital";
import { consoleGate } from "../gate";
import { ActOutcome } from "../outcome";
import { Switch } from "./switch";

export async function generateMetadata(): Promise<Metadata> {
  const { consoleHealth, common } = await getMessages();
  return { title: `${consoleHealth.title} – ${site(common.brand).name}` };
}

type Props = { searchParams: Promise<Record<"done" | "refused", string | string[] | undefined>> };

/** What is wrong and since when, how each provider does, what was measured, and the switch that stops sending. */
export default async function HealthPage({ searchParams }: Props) {
  const staff = await requireStaffPage("health.read");
  const t = await getTranslations("consoleHealth");
  const when = await whenWords();
  const health = await readHealth();
  const at = health.measured?.at.toISOString();
  return (
    <div className="@container">
      <PageHead title={t("title")} lead={t("lead")}>
        <p className="hint">{at ? t("measured", { time: when(at) }) : t("notMeasured")}</p>
      </PageHead>
      <Outcome {...(await searchParams)} />
      <Wrong health={health} />
      <Part id="providers" title={t("providers")}>
        <Providers lines={health.lines} />
      </Part>
      <Part id="stops" title={t("stops")}>
        <p className="hint">{t("stopsLead")}</p>
        <Stops health={health} staff={staff} />
      </Part>
      {health.measured ? (
        <Part id="figures" title={t("figures")}>
          <Measures measured={health.measured.measured} />
        </Part>
      ) : null}
    </div>
  );
}

const Part = ({ id, title, children }: { id: string; title: string; children: ReactNode }) => (
  <section aria-labelledby={id} className="mt-10 min-w-0">
    <h2 id={id} className="text-lg">
      {title}
    </h2>
    {children}
  </section>
);

/** The conditions of now, and those that were over within the last day. */
async function Wrong({ health: { conditions } }: { health: Health }) {
  const t = await getTranslations("consoleHealth");
  const locale = (await getLocale()) === "en" ? "en" : "ja";
  const when = await whenWords();
  const [now, over] = [conditions.filter(({ endedAt }) => endedAt === null), conditions.filter(({ endedAt }) => endedAt !== null)];
  return (
    <>
      {now.length === 0 ? (
        <Empty title={t("fine")}>{t("fineText")}</Empty>
      ) : (
        <section aria-labelledby="wrong">
          <h2 id="wrong" className="mb-2 text-lg">
            {t("wrong")}
          </h2>
          {now.map((one) => (
            <Callout key={`${one.kind} ${one.subject}`} tone="warn" level={3} title={said(one, locale)} className="mb-3">
              <p>{conditionWords[one.kind].todo[locale]}</p>
              <p className="text-sm text-ink-2">{t("since", { time: when(one.since) })}</p>
            </Callout>
          ))}
        </section>
      )}
      {over.length > 0 ? (
        <Part id="over" title={t("ended")}>
          <RecordTable
            caption={t("ended")}
            rows={over}
            keyOf={({ kind, subject }) => `${kind} ${subject}`}
            columns={[
              { key: "what", head: t("what"), cell: (one) => said(one, locale) },
              { key: "when", head: t("when"), cell: (one) => t("endedAt", { from: when(one.since), to: when(one.endedAt ?? one.since) }) },
            ]}
          />
        </Part>
      ) : null}
    </>
  );
}

async function Providers({ lines }: { lines: readonly Line[] }) {
  const t = await getTranslations("consoleHealth");
  const format = await getFormatter();
  const when = await whenWords();
  const { sentReasons } = await getMessages();
  const reasons: Record<string, string> = sentReasons;
  if (lines.length === 0) return <Empty title={t("providersNone")}>{t("providersNoneText")}</Empty>;
  const tones = { up: "good", down: "danger", disabled: "neutral" } as const;
  return (
    <RecordTable
      caption={t("providers")}
      rows={lines}
      keyOf={({ name, channel }) => `${name} ${channel}`}
      columns={[
        { key: "provider", head: t("provider"), cell: ({ name }) => name },
        { key: "channel", head: t("channel"), cell: ({ channel }) => t(channel === "VOICE" ? "voice" : "sms") },
        {
          key: "state",
          head: t("state"),
          cell: ({ state, reason, until }) => (
            <>
              <Badge tone={tones[state]}>{t(state)}</Badge>
              {state === "down" ? (
                <span className="block text-sm">
                  {[reason ? (reasons[reason] ?? reason) : null, until ? t("downUntil", { time: when(until) }) : null]
                    .filter(Boolean)
                    .join(" · ")}
                </span>
              ) : null}
            </>
          ),
        },
        {
          key: "share",
          head: t("share"),
          figures: true,
          cell: ({ share, ended }) => (share === null ? t("none") : t("shareOf", { percent: share, count: format.number(ended) })),
        },
        {
          key: "usual",
          head: t("usual"),
          figures: true,
          cell: ({ usual }) => (usual === null ? t("none") : t("percent", { percent: usual })),
        },
        {
          key: "seconds",
          head: t("seconds"),
          figures: true,
          cell: ({ seconds }) => (seconds === null ? t("none") : format.number(seconds, { maximumFractionDigits: 1 })),
        },
      ]}
    />
  );
}

async function Stops({ health, staff }: { health: Health; staff: StaffSession }) {
  const t = await getTranslations("consoleHealth");
  const may = mayDo(staff.user.roles, "health.switch");
  const gate = may ? await consoleGate(staff, "/admin/health") : null;
  const providers = [...new Set(health.lines.map(({ name }) => name))];
  return (
    <>
      <Switch stops={await listStops()} providers={providers} form={may && !gate ? sessionForm(staff) : null} />
      {may ? gate : <p className="mt-4 text-ink-2">{t("onlyAdministrators")}</p>}
    </>
  );
}

async function Measures({ measured }: { measured: NonNullable<Health["measured"]>["measured"] }) {
  const t = await getTranslations("consoleHealth");
  const locale = (await getLocale()) === "en" ? "en" : "ja";
  const format = await getFormatter();
  const whole = (value: number) => format.number(value, { maximumFractionDigits: 0 });
  // A row that an older version measured has no ages.
  const { late, idle, databaseMs, cases, budgets, auditSilentHours, certificateDays = null, keyDays = null } = measured;
  return (
    <Facts
      facts={[
        { label: t("late"), value: t("times", { count: whole(late) }) },
        { label: t("idle"), value: t("secondsLong", { seconds: whole(idle) }) },
        { label: t("database"), value: t("milliseconds", { count: format.number(databaseMs, { maximumFractionDigits: 1 }) }) },
        { label: t("cases"), value: t("times", { count: whole(cases) }) },
        ...budgets.map(({ name, subject, used, max }) => ({
          label: capital(budgetName(name, subject, locale)),
          value: t(isOfYen(name) ? "yenOf" : "budgetOf", {
            used: whole(used),
            max: whole(max),
            percent: Math.round((used * 100) / Math.max(1, max)),
          }),
        })),
        { label: t("audit"), value: auditSilentHours === null ? t("none") : t("hours", { count: whole(auditSilentHours) }) },
        {
          label: t("certificate"),
          value: certificateDays === null ? t("certificateUnread") : t("daysLeft", { count: whole(Math.floor(certificateDays)) }),
        },
        { label: t("key"), value: keyDays === null ? t("keyNone") : t("days", { count: whole(Math.floor(keyDays)) }) },
      ]}
    />
  );
}

/** What the act before this page led to, or why nothing was done. */
async function Outcome({ done, refused }: Awaited<Props["searchParams"]>) {
  const t = await getTranslations("consoleHealth");
  const { wrong_country, wrong_provider, wrong_mail, wrong_reason } = (await getMessages()).consoleHealth;
  const act = typeof done === "string" ? /^(stop|start)_/.exec(done)?.[1] : undefined;
  const said = act === undefined ? null : act === "stop" ? t("done_stop") : `${t("done_start")} ${t("stillStopped")}`;
  const own = { wrong_country, wrong_provider, wrong_mail, wrong_reason };
  return <ActOutcome said={said} refused={refused} notDone={t("notDone")} own={own} className="mb-4" />;
}
