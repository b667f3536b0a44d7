import { type Sql, transaction } from "#lib/db/sql";
import type { PhoneChannel } from "#lib/delivery/provider";
import { type ProviderAccountProblem, type ProviderAccountShape, providerAccountProblem } from "#lib/delivery/provider-accounts/shape";
import { fail, ok, type Result } from "#lib/result";

/** Routes: which account carries which channel to which country, and its position in the order. */

type Problems = ProviderAccountProblem[];
const one = (field: string, en: string, ja: string): Problems => [providerAccountProblem(field, { en, ja })];

/** Distance between positions; it leaves room for nine accounts between two. */
const STEP = 10;

/**
 * Returns the position of a new account: after accounts that name the same countries, before those for every country (domestic direct route first).
 */
async function placeFor(tx: Sql, channel: PhoneChannel, countries: readonly string[]): Promise<number> {
  const everywhere = countries.includes("*");
  const [row] = await tx<{ behind: number | null; before: number | null }>`
    SELECT max(r.position) FILTER (WHERE a.kind <> 'demo' AND (${everywhere}::boolean OR r.country <> '*')) AS behind,
      min(r.position) FILTER (WHERE a.kind = 'demo' OR (NOT ${everywhere}::boolean AND r.country = '*')) AS before
    FROM provider_routes r JOIN provider_accounts a ON a.id = r.account_id WHERE r.channel = ${channel}::channel`;
  const behind = row?.behind ?? 0;
  const place = behind + STEP;
  const next = row?.before ?? null;
  if (next !== null && behind < next && place >= next)
    await tx`UPDATE provider_routes SET position = position + ${place - next + STEP}::int WHERE channel = ${channel}::channel AND position >= ${next}::int`;
  return place;
}

type Old = { channel: PhoneChannel; country: string; position: number; weight: number };

/**
 * Writes the routes of an account. An existing rule keeps its position and weight unless a new one is given; a new rule takes the account's
 * position.
 */
export async function writeRoutes(
  tx: Sql,
  id: string,
  shape: ProviderAccountShape,
  given: { order?: number | undefined; weight?: number | undefined } = {},
): Promise<void> {
  const old = await tx<Old>`DELETE FROM provider_routes WHERE account_id = ${id}::uuid RETURNING channel, country, position, weight`;
  for (const channel of shape.channels) {
    const own = old.filter((route) => route.channel === channel);
    const place =
      given.order ?? (own.length > 0 ? Math.min(...own.map((route) => route.position)) : await placeFor(tx, channel, shape.countries));
    for (const country of shape.countries) {
      const before = own.find((route) => route.country === country);
      const position = given.order ?? before?.position ?? place;
      const weight = given.weight ?? before?.weight ?? own[0]?.weight ?? shape.weight;
      await tx`
        INSERT INTO provider_routes (account_id, channel, country, position, weight)
        VALUES (${id}::uuid, ${channel}::channel, ${country}, ${position}::int, ${weight}::int)`;
    }
  }
}

/** Serializes operators' changes: two concurrent ones must not share a position by accident or undo each other. */
export const alone = (tx: Sql) => tx`SELECT pg_advisory_xact_lock(hashtext('sekisho.provider_accounts'))`;

/** Orders accounts for one channel or both, and for one country's rules or all. Accounts without a mention keep their positions behind. */
export async function orderProviderAccounts(
  names: readonly string[],
  only: { channel?: PhoneChannel; country?: string } = {},
): Promise<Result<null, Problems>> {
  return transaction((tx) => orderProviderAccountsIn(tx, names, only));
}

/** The same in the transaction of an act. */
export async function orderProviderAccountsIn(
  tx: Sql,
  names: readonly string[],
  only: { channel?: PhoneChannel; country?: string } = {},
): Promise<Result<null, Problems>> {
  const [channel, country] = [only.channel ?? null, only.country ?? null];
  await alone(tx);
  const rules = await tx<{ name: string; matches: number }>`
    SELECT a.name, count(r.account_id) FILTER (WHERE (${channel}::channel IS NULL OR r.channel = ${channel}::channel)
      AND (${country}::text IS NULL OR r.country = ${country}))::int AS matches
    FROM provider_accounts a LEFT JOIN provider_routes r ON r.account_id = a.id WHERE a.name = ANY(${[...names]}::text[]) GROUP BY a.name`;
  for (const name of names) {
    const matches = rules.find((rule) => rule.name === name)?.matches;
    if (matches === undefined) return fail(one("name", `${name} is no account`, `${name} は登録されていません`));
    // A rule for every country does not count for this one: it must be entered first (change NAME --countries).
    if (matches === 0)
      return fail(
        one("name", `${name} has no rule of its own for that channel and country`, `${name} には、その経路と国だけの設定がありません`),
      );
  }
  // Moves all rules back, also those for every country (they compete with a country's rules), then puts the named ones in front.
  await tx`
    UPDATE provider_routes SET position = position + ${names.length * STEP}::int
    WHERE ${channel}::channel IS NULL OR channel = ${channel}::channel`;
  for (const [index, name] of [...new Set(names)].entries())
    await tx`
      UPDATE provider_routes SET position = ${index * STEP}::int FROM provider_accounts a
      WHERE a.id = account_id AND a.name = ${name}
        AND (${channel}::channel IS NULL OR channel = ${channel}::channel) AND (${country}::text IS NULL OR country = ${country})`;
  return ok(null);
}

/** The place of a rule among those that a text or call of one channel to one country asks, `*` being every country without rules of its own. */
export type Way = { channel: PhoneChannel; country: string };

/**
 * Moves an account one place up on one way, before the account that is asked just before it; the order of every other pair of rules stays. False
 * where it has no rule of its own there, or is asked first already.
 */
export async function moveUpIn(tx: Sql, name: string, { channel, country }: Way): Promise<boolean> {
  await alone(tx);
  const rules = await tx<{ name: string; own: boolean; position: number }>`
    SELECT a.name, r.country = ${country} AS own, r.position FROM provider_routes r JOIN provider_accounts a ON a.id = r.account_id
    WHERE r.channel = ${channel}::channel AND r.country IN (${country}, '*') AND a.disabled_at IS NULL ORDER BY r.position, a.name`;
  const at = rules.findIndex((rule) => rule.own && rule.name === name);
  // An account may also have a rule for every country, which its own rule for this one replaces.
  const before = rules
    .slice(0, Math.max(0, at))
    .findLast((rule) => rule.name !== name && (rule.own || !rules.some((other) => other.own && other.name === rule.name)));
  if (!before) return false;
  await tx`UPDATE provider_routes SET position = position + ${STEP}::int WHERE channel = ${channel}::channel AND position >= ${before.position}::int`;
  await tx`
    UPDATE provider_routes r SET position = ${before.position}::int FROM provider_accounts a
    WHERE a.id = r.account_id AND a.name = ${name} AND r.channel = ${channel}::channel AND r.country = ${country}`;
  return true;
}
