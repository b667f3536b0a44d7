import { env } from "#lib/env";
import { ALL } from "#lib/limits/brakes";
import { type BudgetEnv, budgetRings, countryRings, type Ring, shareRings } from "#lib/limits/policy";
import type { RingTake } from "#lib/limits/take";
import { settingsNow } from "#lib/policy/read";

/** The budgets of sends as they are now: what the policy says wins over the environment. */
export function budgetsNow(): BudgetEnv {
  const { budgetSendsPerDay, budgetSendsPerCountryHour } = settingsNow();
  const { SENDS_PER_DAY, SENDS_PER_COUNTRY_HOUR, SENDS_KEPT_PERCENT } = env();
  return {
    SENDS_PER_DAY: budgetSendsPerDay ?? SENDS_PER_DAY,
    SENDS_PER_COUNTRY_HOUR: budgetSendsPerCountryHour ?? SENDS_PER_COUNTRY_HOUR,
    SENDS_KEPT_PERCENT,
  };
}

/** The budgets of sends that the policy has for a country. */
const ownRings = (country: string | null) => {
  const own = settingsNow().budgetPerCountry.find((one) => one.country === country);
  return own ? countryRings(own, env()) : [];
};

/** The takes of every budget that a send to a country counts on; `claims` lets it use the parts that are kept for proven numbers. */
export function budgetTakes(country: string | null, claims = false): RingTake[] {
  const { sendsPerDay, sendsPerCountry } = budgetRings(budgetsNow());
  const subject = country ?? "";
  return [
    { ring: sendsPerDay, subject: ALL, claims },
    { ring: sendsPerCountry, subject, claims },
    ...ownRings(country).map(({ budget }): RingTake => ({ ring: budget, subject, claims })),
  ];
}

/** Every budget of sends as it is now, with the subject of its limit, and the country that it is of; the day of all countries is of none. */
export function budgetsInUse(): { ring: Ring; subject: string; of: string }[] {
  const { sendsPerDay, sendsPerCountry } = budgetRings(budgetsNow());
  const own = settingsNow().budgetPerCountry.flatMap(({ country }) =>
    ownRings(country).map(({ budget }) => ({ ring: budget, subject: country, of: country })),
  );
  const hours = env()
    .ALLOWED_COUNTRIES.split(",")
    .map((country) => ({ ring: sendsPerCountry, subject: country, of: country }));
  return [{ ring: sendsPerDay, subject: ALL, of: "" }, ...hours, ...own];
}

/** Whose share of the unreserved part of budgets a send to an unproven number takes. */
type Sharers = { account?: string; ip?: string; block: string };

/** The takes of those shares, of the budgets of the site and of those of the country. */
export function shareTakes(country: string | null, { account, ip, block }: Sharers): RingTake[] {
  const { perAccount, perIp, perBlock } = shareRings(budgetsNow());
  const sharers = [
    ...(account === undefined ? [] : [{ who: "account", ring: perAccount, subject: account }]),
    ...(ip === undefined ? [] : [{ who: "ip", ring: perIp, subject: ip }]),
    { who: "block", ring: perBlock, subject: block },
  ];
  const own = ownRings(country);
  return sharers.flatMap(({ who, ring, subject }) => [
    { ring, subject },
    ...own.map(({ share }) => ({ ring: share(who), subject: `${country} ${subject}` })),
  ]);
}
