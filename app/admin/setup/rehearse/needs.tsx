import { getTranslations } from "next-intl/server";
import { Badge } from "#components/ui/badge";
import { Button } from "#components/ui/button";
import { Row, Rows } from "#components/ui/rows";
import type { Line, Need, Scene, System } from "#lib/console/rehearsal-rule";
import { rehearsalNames } from "./names";

/** Where to send next: the page of the handset or scene that an unmet need is about. */
const hrefOf = ({ of, name }: Need, needs: readonly Need[]): string => {
  const missing = needs.find((need) => need.of === "system" && !need.met)?.name ?? "iphone";
  const query =
    of === "scene"
      ? `scene=${name}`
      : of === "account"
        ? `handset=docomo-${missing}&provider=${encodeURIComponent(name)}`
        : `handset=${of === "network" ? `${name}-${missing}` : `docomo-${name}`}`;
  return `/admin/setup/rehearse/send?${query}`;
};

/** The name of what a need is about, as it is sent to. */
async function nameOf({ of, name }: Need): Promise<string> {
  const t = await getTranslations("consoleRehearse");
  const names = await rehearsalNames();
  if (of === "network") return t(`line_${name as Line}`);
  if (of === "system") return t(`system_${name as System}`);
  return of === "scene" ? names.scene(name as Scene) : name;
}

/** The button that leads to the first thing that is missing, or on to the next step. */
export async function Next({ needs }: { needs: readonly Need[] }) {
  const t = await getTranslations("consoleRehearse");
  const missing = needs.find(({ met }) => !met);
  return missing ? (
    <Button href={hrefOf(missing, needs)} small>
      {t("next", { name: await nameOf(missing) })}
    </Button>
  ) : (
    <Button href="/admin/setup/go-live" small>
      {t("allMet")}
    </Button>
  );
}

/** What is enough for this step, each with whether it is there. */
export async function Needs({ needs, may }: { needs: readonly Need[]; may: boolean }) {
  const t = await getTranslations("consoleRehearse");
  const named = await Promise.all(needs.map(async (need) => ({ need, name: await nameOf(need) })));
  return (
    <section aria-labelledby="enough">
      <h2 id="enough" className="text-lg">
        {t("enough")}
      </h2>
      <p className="text-[0.9375rem] text-ink-2">{t("enoughLead")}</p>
      <details className="mt-3 border-y border-line" open={needs.every(({ met }) => !met)}>
        <summary className="min-h-11 cursor-pointer py-2 font-bold tabular-nums">
          {t("needsHave", { have: needs.filter(({ met }) => met).length, of: needs.length })}
        </summary>
        <Rows className="pb-3">
          {named.map(({ need, name }) => (
            <Row
              key={`${need.of} ${need.name}`}
              title={
                <span data-need={`${need.of} ${need.name}`} data-met={String(need.met)}>
                  {t(`need_${need.of}`, { name })}
                </span>
              }
              badges={<Badge tone={need.met ? "good" : "neutral"}>{t(need.met ? "met" : "unmet")}</Badge>}
            />
          ))}
        </Rows>
      </details>
      {needs.filter(({ of }) => of === "account").length < 2 ? <p className="hint mt-2">{t("oneAccount")}</p> : null}
      {may ? (
        <p className="mt-4">
          <Next needs={needs} />
        </p>
      ) : null}
    </section>
  );
}
