import { sql } from "#lib/db/sql";
import { maskEmail } from "#lib/words/mask-email";

/**
 * Signs of abuse: accounts that share a number, a browser or an address, who causes the most texts, and what limits refused. All from indexes and from
 * what the job counted a day at a time.
 */

export const abuseDays = [1, 7] as const;
export type AbuseDays = (typeof abuseDays)[number];

/** An account in a list: masked. */
export type Suspect = { id: string; email: string; suspended: boolean };

/** Accounts with something in common; `what` is two digits of a number, or an address. */
export type Shared = { key: string; what: string | null; at: string; accounts: Suspect[] };

type Member = { key: string; what: string | null; at: string; id: string; email: string; suspended: boolean };

/** How many groups, and how many accounts of one, a list shows. */
const GROUPS = 20;
const MEMBERS = 10;
/** From how many accounts at one address on it is worth a look: a family or an office has a few. */
const AT_ONE_ADDRESS = 5;

function groups(members: readonly Member[]): Shared[] {
  const found = new Map<string, Shared>();
  for (const { key, what, at, email, ...one } of members) {
    const group = found.get(key) ?? { key, what, at, accounts: [] };
    if (group.accounts.length < MEMBERS) group.accounts.push({ ...one, email: maskEmail(email) });
    found.set(key, group);
  }
  return [...found.values()];
}

/** Accounts that have proven the same number. */
export const sharedNumbers = async (): Promise<Shared[]> =>
  groups(
    await sql<Member>`
      SELECT encode(substring(s.number_hash FOR 6), 'hex') AS key, NULL AS what, to_json(a.verified_at)#>>'{}' AS at, u.id, u.email, u.disabled_at IS NOT NULL AS suspended
      FROM (SELECT DISTINCT number_hash FROM (SELECT number_hash FROM phones WHERE slot > 1 LIMIT 200) p LIMIT ${GROUPS}::int) s
        JOIN phones p ON p.number_hash = s.number_hash JOIN authenticators a ON a.id = p.id AND a.verified_at IS NOT NULL JOIN users u ON u.id = a.user_id
      ORDER BY s.number_hash, a.verified_at LIMIT 200`,
  );

/** Numbers that went from one account to another. */
export const takenNumbers = async (days: AbuseDays): Promise<Shared[]> =>
  groups(
    await sql<Member>`
      SELECT t.id::text AS key, NULL AS what, to_json(t.created_at)#>>'{}' AS at, u.id, u.email, u.disabled_at IS NOT NULL AS suspended
      FROM (SELECT * FROM takeovers WHERE created_at > app_now() - make_interval(days => ${days}::int) ORDER BY created_at DESC LIMIT ${GROUPS}::int) t
        JOIN users u ON u.id IN (t.from_user_id, t.to_user_id) ORDER BY t.created_at DESC, u.id <> t.from_user_id`,
  );

/** Accounts that one browser opened one after the other within the last day, which is as long as challenges are kept. */
export const sharedBrowsers = async (): Promise<Shared[]> =>
  groups(
    await sql<Member>`
      SELECT t.key, NULL AS what, to_json(t.at)#>>'{}' AS at, u.id, u.email, u.disabled_at IS NOT NULL AS suspended
      FROM (
        SELECT least(a.user_id, b.user_id)::text || greatest(a.user_id, b.user_id)::text AS key, max(b.created_at) AS at, (array_agg(a.user_id))[1] AS one, (array_agg(b.user_id))[1] AS other
        FROM challenges b JOIN challenges a ON a.id = b.follows
        WHERE b.follows IS NOT NULL AND a.user_id <> b.user_id GROUP BY 1 ORDER BY 2 DESC LIMIT ${GROUPS}::int) t
        JOIN users u ON u.id IN (t.one, t.other) ORDER BY t.at DESC, t.key, u.created_at`,
  );

/** Addresses at which many accounts are signed in. */
export const crowdedAddresses = async (): Promise<Shared[]> =>
  groups(
    await sql<Member>`
      SELECT t.ip AS key, t.ip AS what, to_json(s.authenticated_at)#>>'{}' AS at, u.id, u.email, u.disabled_at IS NOT NULL AS suspended
      FROM (SELECT ip, count(DISTINCT user_id) AS n FROM sessions WHERE ip <> '' AND expires_at > app_now() GROUP BY ip HAVING count(DISTINCT user_id) >= ${AT_ONE_ADDRESS}::int
          ORDER BY n DESC, ip LIMIT ${GROUPS}::int) t
        CROSS JOIN LATERAL (SELECT DISTINCT ON (user_id) user_id, authenticated_at FROM sessions x WHERE x.ip = t.ip AND x.expires_at > app_now() ORDER BY user_id, authenticated_at DESC
          LIMIT ${MEMBERS}::int) s
        JOIN users u ON u.id = s.user_id ORDER BY t.n DESC, t.ip, s.authenticated_at DESC`,
  );

/** Who caused the most texts and calls, of what the job keeps for each day. */
export async function mostTexts(days: AbuseDays): Promise<(Suspect & { texts: number })[]> {
  const rows = await sql<Suspect & { texts: number }>`
    SELECT u.id, u.email, u.disabled_at IS NOT NULL AS suspended, s.texts FROM (
      SELECT user_id, sum(texts)::int AS texts FROM daily_senders WHERE day > (app_now() AT TIME ZONE 'Asia/Tokyo')::date - ${days}::int
      GROUP BY user_id ORDER BY texts DESC, user_id LIMIT ${GROUPS}::int) s JOIN users u ON u.id = s.user_id ORDER BY s.texts DESC, u.id`;
  return rows.map((row) => ({ ...row, email: maskEmail(row.email) }));
}

/** How often each limit refused, the most frequent first; `countedAt` is when the job counted last, or null. */
export async function refusedByLimits(
  days: AbuseDays,
): Promise<{ lines: { event: string; reason: string; times: number }[]; countedAt: string | null }> {
  const [lines, [row]] = await Promise.all([
    sql<{ event: string; reason: string; times: number }>`
      SELECT split_part(r.key, ' ', 1) AS event, split_part(r.key, ' ', 2) AS reason, sum(r.value::int)::int AS times
      FROM daily_figures f, jsonb_each_text(f.refused) r WHERE f.day > (app_now() AT TIME ZONE 'Asia/Tokyo')::date - ${days}::int
      GROUP BY 1, 2 ORDER BY times DESC, 1, 2 LIMIT 50`,
    sql<{ at: string | null }>`SELECT to_json(max(counted_at))#>>'{}' AS at FROM daily_figures`,
  ]);
  return { lines, countedAt: row?.at ?? null };
}
