import { type Sql, sql } from "#lib/db/sql";
import { addressPolicies } from "#lib/limits/policy";
import { type Naming, naming } from "#lib/limits/subject";
import { addressTake } from "#lib/limits/take";

/**
 * The rate brakes: each refuses one kind of request for a while after too many failures (RL-09, FR-04). Known devices and proven numbers
 * are never braked.
 */
type BrakeName = "second_factor" | "number_block" | "conversion" | "month_budget" | Watched;

/** What is noticed and holds nothing back, so that its alert is raised once an hour. */
type Watched = "number_block_watched" | "conversion_watched";

/** The whole site as a subject. */
export const ALL = "all";

/** The block of a thousand numbers that a number lies in. */
export const blockOf = (e164: string): string => e164.slice(0, -3);

/** The stored subject of a brake: a prefix of numbers is not readable in the table. */
export const brakeSubject = (name: Naming, brake: BrakeName, subject: string): Buffer => name(`brake/${brake}`, subject);

/** Puts a brake on for so many seconds; true when it was not on already, so that its alert is raised once. */
export async function putBrakeOn(tx: Sql, brake: BrakeName, subject: string, seconds: number): Promise<boolean> {
  const put = await tx`
    INSERT INTO brakes (name, subject, until)
    VALUES (${brake}, ${brakeSubject(await naming(), brake, subject)}, app_now() + make_interval(secs => ${seconds}::int))
    ON CONFLICT (name, subject) DO UPDATE SET until = EXCLUDED.until WHERE brakes.until <= app_now() RETURNING name`;
  return put.length > 0;
}

/** Keeps a brake on for so many seconds from now. */
export async function holdBrake(tx: Sql, brake: BrakeName, subject: string, seconds: number): Promise<void> {
  await tx`
    INSERT INTO brakes (name, subject, until)
    VALUES (${brake}, ${brakeSubject(await naming(), brake, subject)}, app_now() + make_interval(secs => ${seconds}::int))
    ON CONFLICT (name, subject) DO UPDATE SET until = EXCLUDED.until`;
}

/** Takes a brake off all subjects but these. The rows go, because an end that is kept would lie in the future of a clock that was set back. */
export async function takeBrakesOff(tx: Sql, brake: BrakeName, { but }: { but: readonly string[] }): Promise<void> {
  const name = await naming();
  await tx`DELETE FROM brakes WHERE name = ${brake} AND NOT subject = ANY(${but.map((subject) => brakeSubject(name, brake, subject))}::bytea[])`;
}

/** Seconds for which each of these brakes stays on, in one statement; a brake that is off is absent, and the longest of its subjects counts. */
export async function brakesOn<Name extends BrakeName>(tx: Sql, asked: [Name, string][]): Promise<Partial<Record<Name, number>>> {
  const name = await naming();
  const subjects = asked.map(([brake, subject]) => brakeSubject(name, brake, subject));
  const rows = await tx<{ name: Name; seconds: number }>`
    SELECT name, ceil(extract(epoch FROM max(until) - app_now()))::int AS seconds FROM brakes
    WHERE (name, subject) IN (SELECT * FROM unnest(${asked.map(([brake]) => brake)}::text[], ${subjects}::bytea[])) AND until > app_now()
    GROUP BY name`;
  return Object.fromEntries(rows.map((row) => [row.name, row.seconds])) as Partial<Record<Name, number>>;
}

/** Seconds for which a brake stays on for any of these subjects, or 0. */
export const brakeSeconds = async (tx: Sql, brake: BrakeName, ...subjects: string[]): Promise<number> =>
  (
    await brakesOn(
      tx,
      subjects.map((subject) => [brake, subject]),
    )
  )[brake] ?? 0;

/** The SQL values that count a guess of six digits against its address (`beginAttempt`). */
export const guessTake = (name: Naming, ip: string) => addressTake(name, addressPolicies.factorFailures, ip);

/** Seconds for which guesses of six digits from an address are refused unless a known device makes them, or 0. */
export async function guessingWait(ip: string): Promise<number> {
  const take = guessTake(await naming(), ip);
  const [judged] = await sql<{ wait: number | null }>`
    SELECT retry_after AS wait FROM address_lanes(${take.policy}, ${take.blocks}::bytea[], ${take.maxima}::int[], ${take.seconds}::int,
      ${take.crowdedMaxima}::int[], ${take.crowdedSeconds}::int, NULL, 0)`;
  return Math.max(judged?.wait ?? 0, await brakeSeconds(sql, "second_factor", ALL));
}
