import { getFormatter, getMessages, getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { RecordTable } from "#components/console/record-table";
import { Button } from "#components/ui/button";
import { Callout } from "#components/ui/callout";
import { Empty } from "#components/ui/empty";
import { PageHead } from "#components/ui/page-head";
import { TextField } from "#components/ui/text-field";
import { readCurrencies, readRates } from "#lib/console/rates";
import { forecastOf, plansOf, relianceOf, sumOf, today, usageRows, waysOf } from "#lib/console/usage";
import { type Period, periodOf } from "#lib/console/usage-filter";
import { mayDo } from "#lib/staff/matrix";
import { site } from "#lib/web/site";
import { requireStaffPage, type StaffSession } from "#lib/web/staff";
import { Filters } from "../filters";
import { consoleGate } from "../gate";
import { ActOutcome } from "../outcome";
import { Charts } from "./charts";
import { OneForm, usageForms } from "./forms";
import { Breakdown, Ways } from "./tables";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** What was sent and what it cost: by day and by everything that an invoice is asked for, with a forecast, plans, rates and the invoice itself. */
export default async function UsagePage({ searchParams }: Props) {
  const staff = await requireStaffPage("usage.read");
  const query = await searchParams;
  const name = usageForms.find((one) => one === query.form);
  const may = mayDo(staff.user.roles, "usage.set_rate");
  if (name && may) return <OneForm name={name} staff={staff} />;
  const now = await today();
  const period = periodOf(query, now);
  const rows = await usageRows(period);
  const [ways, reliance] = [await waysOf(period, rows), await relianceOf(period, rows)];
  const t = await getTranslations("consoleUsage");
  const { common } = await getMessages();
  const { unpriced } = sumOf(rows);
  return (
    <div className="@container">
      <title>{`${t("title")} – ${site(common.brand).name}`}</title>
      <PageHead title={t("title")} lead={t("lead")} />
      <Outcome done={query.done} refused={query.refused} />
      <Filters
        action="/admin/usage"
        label={t("filter")}
        submit={t("narrow")}
        clear={query.from || query.to ? { href: "/admin/usage", label: t("thisMonth") } : undefined}
      >
        <TextField name="from" label={t("from")} type="date" defaultValue={period.from} />
        <TextField name="to" label={t("to")} type="date" defaultValue={period.to} />
      </Filters>
      {unpriced > 0 ? (
        <Callout tone="warn" className="mt-6">
          {t("unpriced", { count: unpriced })}
        </Callout>
      ) : null}
      {rows.length > 0 ? (
        <>
          <h2 className="sr-only">{t("charts")}</h2>
          <Charts period={period} rows={rows} reliance={reliance} />
          <Part id="ways" title={t("ways")} lead={t("waysLead")}>
            <Ways ways={ways} />
          </Part>
          <Part id="by" title={t("by")}>
            <Breakdown rows={rows} />
          </Part>
        </>
      ) : (
        <div className="mt-6">
          <Empty title={t("empty")}>{t("emptyText")}</Empty>
        </div>
      )}
      <Outlook now={now} />
      <Rates may={may} />
      {may ? <File period={period} staff={staff} /> : <p className="mt-8 text-ink-2">{t("onlyAdministrators")}</p>}
    </div>
  );
}

const Part = ({ id, title, lead, children }: { id: string; title: string; lead?: string; children: ReactNode }) => (
  <section aria-labelledby={id} className="mt-10 min-w-0">
    <h2 id={id} className="text-lg">
      {title}
    </h2>
    {lead ? <p className="hint mb-2">{lead}</p> : null}
    {children}
  </section>
);

/** What this month will cost, and the plan that would have cost least. */
async function Outlook({ now }: { now: string }) {
  const t = await getTranslations("consoleUsage");
  const format = await getFormatter();
  const yen = (value: number) => format.number(value, { maximumFractionDigits: 0 });
  const [forecast, { plans, months }] = [await forecastOf(now), await plansOf(now)];
  const [cheapest] = plans;
  const sent = months.some(({ segments }) => segments > 0);
  const monthName = (month: string) => format.dateTime(new Date(`${month}-15T12:00:00+09:00`), { year: "numeric", month: "short" });
  const text = () => {
    if (!sent) return t("plansEmpty");
    if (!cheapest) return t("plansNone");
    const [first = "", last = ""] = [months[0]?.month, months.at(-1)?.month];
    return t("plansText", { months: `${monthName(first)} – ${monthName(last)}`, name: cheapest.name, yen: yen(cheapest.yen) });
  };
  return (
    <>
      <Part id="forecast" title={t("forecast")}>
        <p>
          {forecast
            ? t("forecastText", {
                spent: yen(forecast.spent),
                expected: yen(forecast.expected),
                low: yen(forecast.low),
                high: yen(forecast.high),
              })
            : t("forecastNone")}
        </p>
      </Part>
      <Part id="plans" title={t("plans")} lead={t("plansLead")}>
        <p className="mb-2">{text()}</p>
        {sent && plans.length > 0 ? (
          <RecordTable
            caption={t("plans")}
            rows={plans}
            keyOf={({ name, source }) => `${name} ${source}`}
            columns={[
              { key: "plan", head: t("plan"), cell: ({ name }) => name },
              { key: "yen", head: t("cost"), figures: true, cell: (plan) => yen(plan.yen) },
              {
                key: "source",
                head: t("planSource"),
                cell: ({ name, source }) => (source ? <a href={source}>{t("priceList", { name })}</a> : t("ownRate")),
              },
            ]}
          />
        ) : null}
      </Part>
    </>
  );
}

/** The operator's own rates and currencies, with their days. */
async function Rates({ may }: { may: boolean }) {
  const t = await getTranslations("consoleUsage");
  const format = await getFormatter();
  const [rates, currencies] = [await readRates(), await readCurrencies()];
  const plain = (value: number) => format.number(value, { maximumFractionDigits: 6 });
  return (
    <>
      <Part id="rates" title={t("rates")} lead={t("ratesLead")}>
        {rates.length === 0 ? (
          <p>{t("ratesNone")}</p>
        ) : (
          <RecordTable
            caption={t("rates")}
            rows={rates}
            keyOf={({ provider, channel, country, begins }) => `${provider} ${channel} ${country} ${begins}`}
            columns={[
              { key: "provider", head: t("provider"), cell: ({ provider }) => provider },
              { key: "channel", head: t("channel"), cell: ({ channel }) => t(channel === "VOICE" ? "voice" : "sms") },
              { key: "country", head: t("country"), cell: ({ country }) => (country === "*" ? t("everyCountry") : country) },
              {
                key: "rate",
                head: t("rate"),
                figures: true,
                cell: (one) => t("rateOf", { price: plain(one.price), currency: one.currency }),
              },
              { key: "fee", head: t("fee"), figures: true, cell: ({ monthlyFee }) => plain(monthlyFee) },
              { key: "begins", head: t("begins"), cell: ({ begins }) => begins },
            ]}
          />
        )}
        {may ? <Open form="rate" label={t("addRate")} /> : null}
      </Part>
      <Part id="currencies" title={t("currencies")} lead={t("currenciesLead")}>
        {currencies.length === 0 ? (
          <p>{t("ratesNone")}</p>
        ) : (
          <RecordTable
            caption={t("currencies")}
            rows={currencies}
            keyOf={({ currency, begins }) => `${currency} ${begins}`}
            columns={[
              { key: "currency", head: t("currency"), cell: ({ currency }) => currency },
              { key: "yen", head: t("yenOf"), figures: true, cell: ({ yen }) => plain(yen) },
              { key: "begins", head: t("begins"), cell: ({ begins }) => begins },
            ]}
          />
        )}
        {may ? <Open form="currency" label={t("addCurrency")} /> : null}
      </Part>
      {may ? (
        <Part id="invoice" title={t("invoice")} lead={t("invoiceLead")}>
          <Open form="invoice" label={t("invoice")} />
        </Part>
      ) : null}
    </>
  );
}

const Open = ({ form, label }: { form: string; label: string }) => (
  <Button small kind="secondary" href={`/admin/usage?form=${form}`} className="mt-3">
    {label}
  </Button>
);

async function File({ period, staff }: { period: Period; staff: StaffSession }) {
  const t = await getTranslations("consoleUsage");
  const query = new URLSearchParams(period);
  const gate = await consoleGate(staff, `/admin/usage?${query}`);
  return (
    <Part id="file" title={t("file")} lead={t("fileLead")}>
      {gate ?? (
        <Button small kind="secondary" href={`/admin/usage.csv?${query}`} download>
          {t("file")}
        </Button>
      )}
    </Part>
  );
}

/** What the act before this page led to, or why nothing was done. */
async function Outcome({ done, refused }: Record<"done" | "refused", string | string[] | undefined>) {
  const t = await getTranslations("consoleUsage");
  const said = done === "rate" || done === "currency" ? t(`saved_${done}`) : null;
  return <ActOutcome said={said} refused={refused} notDone={t("notDone")} className="mb-4" />;
}
