import { getFormatter, getTranslations } from "next-intl/server";
import { ChartCard, type Day, DayBars, ShareBar } from "#components/console/chart";
import { type Reliance, type Sum, sumOf, sumsBy, type UsageRow } from "#lib/console/usage";
import { daysOf, type Period } from "#lib/console/usage-filter";

type Props = { period: Period; rows: readonly UsageRow[]; reliance: Reliance };

/** How many bars a chart has room for; longer periods are drawn by month. */
const BARS = 62;

/** The sums of a period by day, or by month where there are too many days. */
function spansOf(period: Period, rows: readonly UsageRow[]): { key: string; sum: Sum }[] {
  const days = daysOf(period);
  const keyOf = (day: string) => (days.length > BARS ? day.slice(0, 7) : day);
  const sums = new Map(sumsBy(rows, ({ day }) => keyOf(day)).map(({ key, sum }) => [key, sum]));
  return [...new Set(days.map(keyOf))].map((key) => ({ key, sum: sums.get(key) ?? sumOf([]) }));
}

/** What was spent, sent, lost and saved: small charts, each with its table. */
export async function Charts({ period, rows, reliance }: Props) {
  const t = await getTranslations("consoleUsage");
  const format = await getFormatter();
  const many = (value: number) => format.number(value, { maximumFractionDigits: 0 });
  const label = (key: string) =>
    key.length > 7
      ? format.dateTime(new Date(`${key}T12:00:00+09:00`), { month: "short", day: "numeric" })
      : format.dateTime(new Date(`${key}-15T12:00:00+09:00`), { year: "numeric", month: "short" });
  const chart = (title: string) => t("chart", { title, from: label(period.from), to: label(period.to) });
  const drawn = (of: readonly UsageRow[], value: (sum: Sum) => number): Day[] =>
    spansOf(period, of).map(({ key, sum }) => ({ key, label: label(key), value: value(sum), said: many(value(sum)) }));
  const table = (head: string, days: readonly Day[]) => ({
    summary: t("table"),
    head: [t("day"), head] as const,
    rows: days.toReversed().map(({ key, label: name, said }) => ({ key, name, said })),
  });
  const all = sumOf(rows);
  const lost = rows.filter(({ result }) => result === "undelivered");
  const [yen, sends, wasted] = [drawn(rows, (sum) => sum.yen), drawn(rows, (sum) => sum.count), drawn(lost, (sum) => sum.yen)];
  const of = (channel: string) => sumOf(rows.filter((row) => row.channel === channel)).count;
  const { bySms, byPasskey, byOther, savedYen } = reliance;
  const signIns = bySms + byPasskey + byOther;
  const percent = (part: number) => (signIns > 0 ? Math.round((part * 100) / signIns) : 0);
  const parts = [
    { key: "sms", name: t("sms"), value: bySms },
    { key: "passkey", name: t("passkey"), value: byPasskey },
    { key: "other", name: t("other"), value: byOther },
  ].map((part) => ({ ...part, percent: percent(part.value) }));
  return (
    <div className="mt-6 grid grid-cols-[minmax(0,1fr)] gap-4 @[40rem]:grid-cols-2">
      <ChartCard
        id="spent"
        title={t("spent")}
        figure={t("yen", { yen: many(all.yen) })}
        note={t("spentNote", { count: many(all.count), segments: many(all.segments) })}
        table={table(t("cost"), yen)}
      >
        <DayBars days={yen} label={chart(t("spent"))} />
      </ChartCard>
      <ChartCard
        id="sends"
        title={t("sends")}
        figure={t("times", { count: many(all.count) })}
        note={t("sendsNote", { sms: many(of("SMS")), voice: many(of("VOICE")) })}
        table={table(t("count"), sends)}
      >
        <DayBars days={sends} label={chart(t("sends"))} />
      </ChartCard>
      <ChartCard
        id="wasted"
        title={t("wasted")}
        figure={t("yen", { yen: many(sumOf(lost).yen) })}
        note={t("wastedNote", { count: many(sumOf(lost).count) })}
        table={table(t("cost"), wasted)}
      >
        <DayBars days={wasted} label={chart(t("wasted"))} />
      </ChartCard>
      <ChartCard
        id="reliance"
        title={t("reliance")}
        figure={signIns > 0 ? `${percent(bySms)}%` : t("none")}
        note={t("relianceNote", { all: many(signIns), sms: many(bySms) })}
        table={{
          summary: t("table"),
          head: [t("name"), t("count")],
          rows: [
            ...parts.map(({ key, name, value, percent: part }) => ({ key, name, said: `${many(value)} (${part}%)` })),
            { key: "saved", name: t("saved"), said: savedYen === null ? t("none") : t("yen", { yen: many(savedYen) }) },
          ],
        }}
      >
        <ShareBar parts={parts} label={t("reliance")} />
        <p className="text-sm">
          <b>{t("saved")}</b>: {savedYen === null ? t("savedUnknown", { count: many(byPasskey) }) : t("yen", { yen: many(savedYen) })}
          {savedYen === null ? null : <span className="text-ink-2"> ({t("savedNote", { count: many(byPasskey) })})</span>}
        </p>
      </ChartCard>
    </div>
  );
}
