import { getFormatter, getTranslations } from "next-intl/server";
import { ChartCard, type Day, DayBars, DayLine, ShareBar } from "#components/console/chart";
import { Empty } from "#components/ui/empty";
import type { Figures as Figure } from "#lib/console/figures";
import { whenWords } from "#lib/web/when";

const percent = (part: number, whole: number): number | null => (whole > 0 ? Math.round((part * 100) / whole) : null);
const total = (days: readonly Figure[], of: (day: Figure) => number): number => days.reduce((sum, day) => sum + of(day), 0);

/** How the last days were, as small charts with their tables. */
export async function Figures({ days }: { days: readonly Figure[] }) {
  const t = await getTranslations("consoleOverview");
  const format = await getFormatter();
  const when = await whenWords();
  const last = days.at(-1);
  const anything = days.some(({ signIns, signUps, asked, sent, openCases }) => signIns + signUps + asked + sent + openCases > 0);
  if (!last || !anything)
    return (
      <section aria-label={t("numbers")} className="mt-10">
        <Empty title={t("nothing")}>{t("nothingText")}</Empty>
      </section>
    );
  const date = (day: string) => format.dateTime(new Date(`${day}T12:00:00+09:00`), { month: "short", day: "numeric" });
  const many = (value: number) => format.number(value);
  const week = days.at(-8);
  const before = (value: number | undefined) => (value === undefined ? "–" : many(value));
  const shown = (value: number | null) => (value === null ? t("none") : `${value}%`);
  const dayOf = (day: Figure, value: number | null, said = value === null ? "–" : many(value)): Day => ({
    key: day.day,
    label: date(day.day),
    value,
    said,
  });
  const table = (head: string, of: readonly Day[]) => ({
    summary: t("table"),
    head: [t("day"), head] as const,
    rows: of.toReversed().map(({ key, label, said }) => ({ key, name: label, said })),
  });
  const label = (title: string) => t("chart", { title, from: date(days[0]?.day ?? last.day), to: date(last.day) });
  const share = (of: (day: Figure) => number | null) =>
    days.map((day) => {
      const value = of(day);
      return dayOf(day, value, value === null ? "–" : `${value}%`);
    });
  const signIns = days.map((day) => dayOf(day, day.signIns));
  const signUps = days.map((day) => dayOf(day, day.signUps));
  const factor = share((day) => percent(day.proven, day.asked));
  const arrived = share((day) => percent(day.delivered, day.delivered + day.undelivered));
  const cases = days.map((day) => dayOf(day, day.openCases));
  const [delivered, undelivered, sent] = [
    total(days, (day) => day.delivered),
    total(days, (day) => day.undelivered),
    total(days, (day) => day.sent),
  ];
  const seconds = last.seconds ?? days.findLast((day) => day.seconds !== null)?.seconds ?? null;
  const ways = [
    { key: "sms", name: t("sms"), value: total(days, (day) => day.bySms + day.byVoice) },
    { key: "passkey", name: t("passkey"), value: total(days, (day) => day.byPasskey) },
    { key: "app", name: t("app"), value: total(days, (day) => day.byApp) },
    { key: "codes", name: t("codes"), value: total(days, (day) => day.byRecoveryCode) },
  ];
  const all = ways.reduce((sum, { value }) => sum + value, 0);
  const parts = ways.map((way) => ({ ...way, percent: percent(way.value, all) ?? 0 }));
  const of = (key: string) => parts.find((one) => one.key === key)?.percent ?? 0;
  return (
    <section aria-labelledby="numbers" className="@container mt-10">
      <h2 id="numbers" className="text-lg">
        {t("numbers")}
      </h2>
      <p className="mb-3 text-sm text-ink-2">{t("counted", { time: when(last.countedAt) })}</p>
      <div className="grid gap-4 @[40rem]:grid-cols-2 @[60rem]:grid-cols-3">
        <ChartCard
          id="sign-ins"
          title={t("signIns")}
          figure={t("times", { count: many(last.signIns) })}
          note={t("today", { before: before(week?.signIns) })}
          table={table(t("count"), signIns)}
        >
          <DayBars days={signIns} label={label(t("signIns"))} />
        </ChartCard>
        <ChartCard
          id="sign-ups"
          title={t("signUps")}
          figure={t("people", { count: many(last.signUps) })}
          note={t("today", { before: before(week?.signUps) })}
          table={table(t("count"), signUps)}
        >
          <DayBars days={signUps} label={label(t("signUps"))} />
        </ChartCard>
        <ChartCard
          id="factor"
          title={t("factor")}
          figure={shown(percent(last.proven, last.asked))}
          note={t("factorNote")}
          table={table(t("share"), factor)}
        >
          <DayLine days={factor} label={label(t("factor"))} />
        </ChartCard>
        <ChartCard
          id="delivery"
          title={t("delivery")}
          figure={shown(percent(delivered, delivered + undelivered))}
          note={
            seconds === null ? t("deliveryUnknown") : t("deliveryNote", { seconds: format.number(seconds, { maximumFractionDigits: 0 }) })
          }
          table={{
            summary: t("table"),
            head: [t("day"), `${t("delivered")} / ${t("undelivered")} / ${t("unknown")}`],
            rows: [
              ...days
                .toReversed()
                .map((day) => ({ key: day.day, name: date(day.day), said: outcomes(day.delivered, day.undelivered, day.sent, many) })),
              { key: "all", name: t("numbers"), said: outcomes(delivered, undelivered, sent, many) },
            ],
          }}
        >
          <DayLine days={arrived} label={label(t("delivery"))} />
        </ChartCard>
        <ChartCard
          id="open-cases"
          title={t("openCases")}
          figure={t("cases", { count: many(last.openCases) })}
          note={t("casesNote")}
          table={table(t("count"), cases)}
        >
          <DayBars days={cases} label={label(t("openCases"))} />
        </ChartCard>
        <ChartCard
          id="reliance"
          title={t("reliance")}
          figure={shown(percent(ways[0]?.value ?? 0, all))}
          note={t("relianceNote", { sms: of("sms"), passkey: of("passkey"), app: of("app"), codes: of("codes") })}
          table={{
            summary: t("table"),
            head: [t("method"), t("count")],
            rows: parts.map(({ key, name, value, percent: part }) => ({ key, name, said: `${many(value)} (${part}%)` })),
          }}
        >
          <ShareBar parts={parts} label={label(t("reliance"))} />
        </ChartCard>
      </div>
    </section>
  );
}

const outcomes = (delivered: number, undelivered: number, sent: number, many: (value: number) => string): string =>
  [delivered, undelivered, Math.max(0, sent - delivered - undelivered)].map(many).join(" / ");
