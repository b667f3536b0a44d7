import { keyedHash } from "#lib/crypto/hash";
import { type Sql, sql } from "#lib/db/sql";
import { policies } from "#lib/limits/policy";

/** What is refused for a while because too much of it failed (RL-09, FR-04). Known devices and proven numbers are never braked. */
export type BrakeName = "second_factor" | "number_block" | "conversion";

/** The whole site as a subject. */
export const ALL = "all";

/** The block of a thousand numbers that a number lies in. */
export const blockOf = (e164: string): string => e164.slice(0, -3);

/** The stored subject of a brake: a prefix of numbers is not readable in the table. */
export const brakeSubject = (name: BrakeName, subject: string): Buffer => keyedHash("index", `brake/${name}`, subject);

/** Puts a brake on for so many seconds; true when it was not on already, so that its alert is raised once. */
export async function putBrakeOn(tx: Sql, name: BrakeName, subject: string, seconds: number): Promise<boolean> {
  const put = await tx`
    INSERT INTO brakes (name, subject, until) VALUES (${name}, ${brakeSubject(name, subject)}, app_now() + make_interval(secs => ${seconds}::int))
    ON CONFLICT (name, subject) DO UPDATE SET until = EXCLUDED.until WHERE brakes.until <= app_now() RETURNING name`;
  return put.length > 0;
}

/** Seconds for which a brake stays on for any of these subjects, or 0. */
export async function brakeSeconds(tx: Sql, name: BrakeName, ...subjects: string[]): Promise<number> {
  const [brake] = await tx<{ seconds: number | null }>`
    SELECT ceil(extract(epoch FROM max(until) - app_now()))::int AS seconds FROM brakes
    WHERE name = ${name} AND subject = ANY(${subjects.map((subject) => brakeSubject(name, subject))}::bytea[]) AND until > app_now()`;
  return brake?.seconds ?? 0;
}

const [{ max, seconds }] = policies.factorFailuresPerIp.windows;

/** The values by which a guess is counted against its address (`beginAttempt`). */
export const addressTake = (ip: string) => ({
  policy: policies.factorFailuresPerIp.name,
  subject: keyedHash("index", `limit/${policies.factorFailuresPerIp.name}`, ip),
  max,
  seconds,
});

/** Seconds for which guesses from an address that no known device makes are refused, or 0. */
export async function guessingWait(ip: string): Promise<number> {
  const { policy, subject } = addressTake(ip);
  const [address] = await sql<{ seconds: number | null }>`
    SELECT CASE WHEN count(*) >= ${max}::int THEN ceil(extract(epoch FROM min(at) - app_now()) + ${seconds}::int)::int END AS seconds
    FROM (SELECT at FROM limit_hits WHERE policy = ${policy} AND subject = ${subject} AND at > app_now() - make_interval(secs => ${seconds}::int)
          ORDER BY at DESC LIMIT ${max}::int) h`;
  return Math.max(address?.seconds ?? 0, await brakeSeconds(sql, "second_factor", ALL));
}
