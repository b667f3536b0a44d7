import { record } from "#lib/audit/record";
import { dayOf } from "#lib/console/usage-filter";
import type { Channel } from "#lib/db/generated/enums";
import { sql } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import { fail, ok, type Result } from "#lib/result";
import type { Acting } from "#lib/sessions/step-up";
import { actAsStaff } from "#lib/staff/act";

/** What the operator's contracts and currencies cost, each from a day on; the newest one that has begun counts. */

/** A rate of a contract: the price of a segment or a minute and the fee of a month, in its currency (ISO 4217) and without tax. */
export type Rate = {
  provider: string;
  channel: Channel;
  country: string;
  begins: string;
  currency: string;
  price: number;
  monthlyFee: number;
};

/** Yen of one unit of a currency. */
export type CurrencyRate = { currency: string; begins: string; yen: number };

/** Every rate, by provider and the newest first. */
export const readRates = (): Promise<Rate[]> => sql<Rate>`
  SELECT provider, channel::text AS channel, country, begins::text AS begins, currency, price::float8 AS price, monthly_fee::float8 AS monthly_fee FROM usage_rates
  ORDER BY provider, channel, country, begins DESC LIMIT 500`;

/** Every rate of a currency, the newest first. */
export const readCurrencies = (): Promise<CurrencyRate[]> => sql<CurrencyRate>`
  SELECT currency, begins::text AS begins, yen::float8 AS yen FROM currency_rates ORDER BY currency, begins DESC LIMIT 500`;

/** A number as it was typed, of at most so many digits before and after its point; null for anything else. */
function amountOf(typed: string, digits: number, decimals: number): number | null {
  const text = typed.normalize("NFKC").replace(/[,\s¥円]/g, "");
  return new RegExp(`^\\d{1,${digits}}(?:\\.\\d{1,${decimals}})?$`).test(text) ? Number(text) : null;
}

/** Says what is wrong at each field: what was left empty is `required`. */
const wrong = (fields: Record<string, boolean>, typed: Record<string, string>): Refused => ({
  code: "invalid_input",
  fields: Object.fromEntries(
    Object.entries(fields).flatMap(([name, bad]) =>
      bad ? [[name, typed[name]?.trim() ? ("invalid_input" as const) : ("required" as const)]] : [],
    ),
  ),
});

/** The fields of a rate as they were typed. */
type Typed<T> = { [K in keyof T]: string };

/** Sets a rate of a contract; the same day replaces it. Refusals: those of `requireStaff`, and invalid fields. */
export async function setRate(acting: Acting, typed: Typed<Rate>): Promise<Result<null, Refused>> {
  const [price, monthlyFee] = [amountOf(typed.price, 6, 6), amountOf(typed.monthlyFee || "0", 9, 2)];
  const [provider, country] = [typed.provider.trim(), typed.country.trim().toUpperCase() || "*"];
  const [currency, begins] = [typed.currency.trim().toUpperCase() || "JPY", dayOf(typed.begins)];
  const bad = {
    provider: !/^[a-z0-9][a-z0-9-]{0,31}$/.test(provider),
    channel: !["SMS", "VOICE"].includes(typed.channel),
    country: !/^(?:\*|[A-Z]{2})$/.test(country),
    begins: begins === null,
    currency: !/^[A-Z]{3}$/.test(currency),
    price: price === null,
    monthlyFee: monthlyFee === null,
  };
  if (Object.values(bad).some(Boolean)) return fail(wrong(bad, typed));
  return actAsStaff(acting, { act: "usage.set_rate" }, async (tx, { by }) => {
    await tx`
      INSERT INTO usage_rates (provider, channel, country, begins, currency, price, monthly_fee)
      VALUES (${provider}, ${typed.channel}::channel, ${country}, ${begins}::date, ${currency}, ${price}::numeric, ${monthlyFee}::numeric)
      ON CONFLICT (provider, channel, country, begins) DO UPDATE SET currency = EXCLUDED.currency, price = EXCLUDED.price, monthly_fee = EXCLUDED.monthly_fee`;
    const what = `${provider} ${typed.channel.toLowerCase()} ${country} ${price} ${currency} ${begins}`;
    await record(tx, { event: "usage.rate_set", method: `${what} ${by}`, ip: "", userAgent: "" });
    return ok(null);
  });
}

/** Sets the rate of a currency; the same day replaces it. Refusals: those of `requireStaff`, and invalid fields. */
export async function setCurrency(acting: Acting, typed: Typed<CurrencyRate>): Promise<Result<null, Refused>> {
  const [currency, begins, yen] = [typed.currency.trim().toUpperCase(), dayOf(typed.begins), amountOf(typed.yen, 8, 6)];
  const bad = { currency: !/^[A-Z]{3}$/.test(currency) || currency === "JPY", begins: begins === null, yen: !yen };
  if (Object.values(bad).some(Boolean)) return fail(wrong(bad, typed));
  return actAsStaff(acting, { act: "usage.set_rate" }, async (tx, { by }) => {
    await tx`
      INSERT INTO currency_rates (currency, begins, yen) VALUES (${currency}, ${begins}::date, ${yen}::numeric)
      ON CONFLICT (currency, begins) DO UPDATE SET yen = EXCLUDED.yen`;
    await record(tx, { event: "usage.currency_set", method: `${currency} ${yen} ${begins} ${by}`, ip: "", userAgent: "" });
    return ok(null);
  });
}
