import { getMessages, getTranslations } from "next-intl/server";
import { Bars } from "#components/console/bars";
import { ages, caseStatistics, durations } from "#lib/console/case-statistics";
import { endStates } from "#lib/recovery/case";

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((all, one) => all + one, 0);

/** The statistics of lost-phone cases: how old the open ones are, how long recoveries took, and how cases ended. */
export async function Figures() {
  const { open, ended, recovered, medianHours } = await caseStatistics();
  const { consoleCaseStates: states } = await getMessages();
  const t = await getTranslations("consoleCases");
  const words = { table: t("table"), kind: t("kind"), count: t("count") };
  return (
    <section aria-labelledby="figures" className="mt-10">
      <h2 id="figures" className="text-lg">
        {t("figures")}
      </h2>
      <div className="@container">
        <div className="mt-3 grid gap-6 @[40rem]:grid-cols-2 @[60rem]:grid-cols-3">
          <Bars
            id="ages"
            title={t("openByAge")}
            sum={t("openByAgeSum", { count: sum(open) })}
            bars={ages.map((key) => ({ key, label: t(key), value: open[key] }))}
            words={words}
          />
          <Bars
            id="recovered"
            title={t("recovered")}
            sum={medianHours === null ? t("recoveredNone") : t("recoveredSum", { count: ended.done, hours: medianHours })}
            bars={durations.map((key) => ({ key, label: t(key), value: recovered[key], tone: "good" }))}
            words={words}
          />
          <Bars
            id="outcomes"
            title={t("outcomes")}
            sum={t("outcomesSum", { count: sum(ended) })}
            bars={endStates.map((key) => ({ key, label: states[key], value: ended[key], tone: key === "done" ? "good" : "plain" }))}
            words={words}
          />
        </div>
      </div>
    </section>
  );
}
