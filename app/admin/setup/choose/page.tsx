import { getFormatter, getMessages, getTranslations } from "next-intl/server";
import { RecordTable } from "#components/console/record-table";
import { Button } from "#components/ui/button";
import { PageHead } from "#components/ui/page-head";
import { TextField } from "#components/ui/text-field";
import { planFieldNames, planNumbers, planOf } from "#lib/console/setup-plan";
import { estimate, type Line } from "#lib/costs/estimate";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { Offers } from "./offers";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** The first step: how many texts a month needs, with the arithmetic, and message services side by side by the same questions. */
export default async function ChoosePage({ searchParams }: Props) {
  await requireStaffPage("setup.read");
  const t = await getTranslations("consoleSetup");
  const format = await getFormatter();
  const { common } = await getMessages();
  const numbers = planNumbers(await searchParams);
  const { lines, texts, calls } = estimate(planOf(numbers));
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
        <p className="mt-3 font-bold">{t("total", { texts: format.number(texts), calls: format.number(calls) })}</p>
      </section>
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
