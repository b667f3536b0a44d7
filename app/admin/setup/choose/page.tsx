import { getFormatter, getMessages, getTranslations } from "next-intl/server";
import { RecordTable } from "#components/console/record-table";
import { Button } from "#components/ui/button";
import { CheckField } from "#components/ui/check-field";
import { PageHead } from "#components/ui/page-head";
import { TextField } from "#components/ui/text-field";
import { planFieldNames, planNumbers, planOf, planUsesOf } from "#lib/console/setup-plan";
import { estimate, type Line, type PlanUse, planUses } from "#lib/costs/estimate";
import { readSettings } from "#lib/policy/read";
import { mayDo } from "#lib/staff/matrix";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { sessionForm } from "#lib/web/tie";
import { consoleGate } from "../../gate";
import { keepPlanAction } from "./actions";
import { Offers } from "./offers";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** The address of the page with this plan in its form. */
const addressOf = (numbers: ReturnType<typeof planNumbers>, uses: readonly PlanUse[]): URLSearchParams =>
  new URLSearchParams([
    ["form", "plan"],
    ...uses.map((use) => ["use", use]),
    ...planFieldNames.map((name) => [name, String(numbers[name])]),
  ]);

/** The first step: how many texts a month needs, with the arithmetic, and message services side by side by the same questions. */
export default async function ChoosePage({ searchParams }: Props) {
  const staff = await requireStaffPage("setup.read");
  const t = await getTranslations("consoleSetup");
  const format = await getFormatter();
  const { common } = await getMessages();
  const query = await searchParams;
  const { plan: kept } = await readSettings();
  const [numbers, uses] = [planNumbers(query, kept), planUsesOf(query, kept)];
  const { lines, texts, calls } = estimate(planOf(numbers), uses);
  const may = mayDo(staff.user.roles, "policy.change");
  const same =
    kept !== null &&
    JSON.stringify(kept.uses) === JSON.stringify(uses) &&
    planFieldNames.every((name) => kept.numbers[name] === numbers[name]);
  const gate = may && !same ? await consoleGate(staff, `/admin/setup/choose?${addressOf(numbers, uses)}`) : null;
  const factor = (value: number) => (value < 1 && value > 0 ? `${format.number(value * 100)}%` : format.number(value));
  return (
    <div className="@container">
      <title>{`${t("choose")} – ${site(common.brand).name}`}</title>
      <PageHead title={t("choose")} lead={t("chooseText")} back={{ href: "/admin/setup", label: t("back") }} />
      <section aria-labelledby="volume" className="max-w-[44rem]">
        <h2 id="volume" className="text-lg">
          {t("volume")}
        </h2>
        <p className="hint">{t("volumeLead")}</p>
        <form method="get" className="grid gap-x-4 @[36rem]:grid-cols-2">
          <input type="hidden" name="form" value="plan" />
          <fieldset className="@[36rem]:col-span-2">
            <legend className="label">{t("uses")}</legend>
            <div className="grid gap-x-4 @[36rem]:grid-cols-2">
              {planUses.map((use) => (
                <CheckField
                  key={use}
                  id={`use-${use}`}
                  name="use"
                  value={use}
                  label={t(`line_${use}`)}
                  defaultChecked={uses.includes(use)}
                />
              ))}
            </div>
          </fieldset>
          {planFieldNames.map((name) => (
            <TextField
              key={name}
              name={name}
              label={t(name)}
              defaultValue={String(numbers[name])}
              type="text"
              inputMode="decimal"
              maxLength={12}
              autoComplete="off"
            />
          ))}
          <div>
            <Button kind="secondary" small className="mt-6">
              {t("compute")}
            </Button>
          </div>
        </form>
      </section>
      <section aria-labelledby="arithmetic" className="mt-8 max-w-[44rem]">
        <h2 id="arithmetic" className="text-lg">
          {t("arithmetic")}
        </h2>
        <RecordTable<Line>
          caption={t("arithmetic")}
          rows={lines}
          keyOf={({ what }) => what}
          columns={[
            { key: "what", head: t("line"), cell: ({ what }) => t(`line_${what}`) },
            { key: "how", head: t("how"), cell: ({ factors }) => factors.map(factor).join(" × ") },
            { key: "codes", head: t("codes"), figures: true, cell: ({ codes }) => format.number(codes) },
          ]}
        />
        <p className="hint mt-3">{kept && same ? t("planKept") : t("planOpen")}</p>
        {may && !same && !gate ? (
          <form action={keepPlanAction}>
            <input type="hidden" name="form" value={sessionForm(staff)} />
            <input type="hidden" name="uses" value={uses.join(",")} />
            {planFieldNames.map((name) => (
              <input key={name} type="hidden" name={name} value={numbers[name]} />
            ))}
            <Button name="act" value="keep" kind="secondary" small className="mt-2">
              {t("planKeep")}
            </Button>
          </form>
        ) : null}
        <p className="mt-3 font-bold">{t("total", { texts: format.number(texts), calls: format.number(calls) })}</p>
      </section>
      {gate ? <div className="mt-6 max-w-[44rem]">{gate}</div> : null}
      <Offers texts={texts} />
      <section aria-labelledby="apply" className="mt-8 max-w-[44rem]">
        <h2 id="apply" className="text-lg">
          {t("applyTitle")}
        </h2>
        <ul className="list-disc pl-5">
          {(["apply1", "apply2", "apply3"] as const).map((key) => (
            <li key={key} className="py-1">
              {t(key)}
            </li>
          ))}
        </ul>
        <Button href="/admin/providers" kind="secondary" small className="mt-4">
          {t("toProviders")}
        </Button>
      </section>
    </div>
  );
}
