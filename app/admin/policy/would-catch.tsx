import { getFormatter, getTranslations } from "next-intl/server";
import { RecordTable } from "#components/console/record-table";
import { type Comparison, compareThresholds } from "#lib/limits/would-catch";
import type { Settings } from "#lib/policy/settings";
import { whenWords } from "#lib/web/when";

/** What the thresholds that are set, and others, would have caught in the last 30 days, before they are switched on. */
export async function WouldCatch({ guard }: { guard: Settings["pumpingGuard"] }) {
  const t = await getTranslations("consolePolicy");
  const format = await getFormatter();
  const when = await whenWords();
  const { since, hours, lines } = await compareThresholds(guard);
  if (since === null) return <p className="hint mb-4">{t("guardNothing")}</p>;
  const number = (value: number) => format.number(value);
  return (
    <div className="mb-4">
      <p className="hint mb-2">{t("guardLead", { since: when(since), hours })}</p>
      <RecordTable<Comparison["lines"][number]>
        caption={t("guardCaption")}
        rows={lines}
        keyOf={({ at }) => `${at.sends}-${at.provenPercent}`}
        columns={[
          {
            key: "at",
            head: t("guardAt"),
            cell: ({ at, set }) => t(set ? "guardAtSet" : "guardAtOther", { sends: at.sends, percent: at.provenPercent }),
          },
          { key: "hours", head: t("guardHours"), cell: ({ caught }) => number(caught.hours) },
          { key: "sends", head: t("guardCaught"), cell: ({ caught }) => number(caught.sends) },
          { key: "proven", head: t("guardReal"), cell: ({ caught }) => number(caught.proven) },
        ]}
      />
    </div>
  );
}
