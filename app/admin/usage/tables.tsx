import { getFormatter, getLocale, getMessages, getTranslations } from "next-intl/server";
import { RecordTable } from "#components/console/record-table";
import { Disclosure } from "#components/ui/disclosure";
import { purposeOf } from "#lib/console/messages";
import { type Sum, sumsBy, type UsageRow, type Way } from "#lib/console/usage";

const keys = ["provider", "country", "carrier", "purpose", "result"] as const;
type Key = (typeof keys)[number];

/** The words for a value of each key. */
async function namesOf(): Promise<Record<Key, (value: string) => string>> {
  const t = await getTranslations("consoleUsage");
  const { consoleCarriers } = await getMessages();
  const locale = (await getLocale()) === "en" ? "en" : "ja";
  const carriers: Record<string, string> = consoleCarriers;
  return {
    provider: (value) => value,
    country: (value) => value || t("noCountry"),
    carrier: (value) => (value ? (carriers[value] ?? value) : t("noCarrier")),
    purpose: (value) => purposeOf(value, locale) ?? t("trial"),
    result: (value) => t(value as "sent"),
  };
}

/** Where it went: one table for each thing that is asked for. */
export async function Breakdown({ rows }: { rows: readonly UsageRow[] }) {
  const t = await getTranslations("consoleUsage");
  const format = await getFormatter();
  const names = await namesOf();
  const many = (value: number) => format.number(value);
  const cost = ({ yen, unpriced, count }: Sum) => {
    const written = format.number(yen, { maximumFractionDigits: 0 });
    if (unpriced === 0) return written;
    return unpriced === count ? t("none") : t("partly", { yen: written, count: many(unpriced) });
  };
  return (
    <div className="border-t border-line">
      {keys.map((key, index) => (
        <Disclosure key={key} summary={t(`by_${key}`)} open={index === 0} listed>
          <RecordTable
            caption={t(`by_${key}`)}
            rows={sumsBy(rows, (row) => row[key])}
            keyOf={(one) => one.key}
            columns={[
              { key: "name", head: t("name"), cell: (one) => names[key](one.key) },
              { key: "count", head: t("count"), figures: true, cell: ({ sum }) => many(sum.count) },
              { key: "segments", head: t("segments"), figures: true, cell: ({ sum }) => many(sum.segments) },
              { key: "cost", head: t("cost"), figures: true, cell: ({ sum }) => cost(sum) },
            ]}
          />
        </Disclosure>
      ))}
    </div>
  );
}

/** How far texts and calls came, by provider and carrier. */
export async function Ways({ ways }: { ways: readonly Way[] }) {
  const t = await getTranslations("consoleUsage");
  const format = await getFormatter();
  const names = await namesOf();
  const share = (part: number, whole: number) =>
    whole === 0 ? format.number(part) : t("share", { count: format.number(part), percent: Math.round((part * 100) / whole) });
  const seconds = (value: number | null) => (value === null ? t("none") : format.number(value, { maximumFractionDigits: 1 }));
  return (
    <RecordTable
      caption={t("ways")}
      rows={ways}
      keyOf={({ provider, carrier }) => `${provider} ${carrier}`}
      columns={[
        { key: "provider", head: t("provider"), cell: ({ provider }) => provider },
        { key: "carrier", head: t("carrier"), cell: ({ carrier }) => names.carrier(carrier) },
        { key: "sent", head: t("count"), figures: true, cell: ({ sent }) => format.number(sent) },
        { key: "delivered", head: t("delivered"), figures: true, cell: (way) => share(way.delivered, way.sent) },
        { key: "verified", head: t("verified"), figures: true, cell: (way) => share(way.verified, way.sent) },
        { key: "p50", head: t("p50"), figures: true, cell: ({ p50 }) => seconds(p50) },
        { key: "p95", head: t("p95"), figures: true, cell: ({ p95 }) => seconds(p95) },
      ]}
    />
  );
}
