import { alert } from "#lib/alert";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { ALL, putBrakeOn } from "#lib/limits/brakes";
import { BRAKE, CONVERSION } from "#lib/limits/policy";
import { readSettings } from "#lib/policy/read";
import type { Settings } from "#lib/policy/settings";

/** Pumped texts are not read, so sends are tightened if few of those to new numbers are followed by their code (FR-04). */

export type Weighed = { country: string; sends: number; proven: number };
export type Thresholds = Pick<Settings["pumpingGuard"], "sends" | "provenPercent">;

/** Whether too few of enough sends were followed by their code. */
export const isLow = ({ sends, proven }: Omit<Weighed, "country">, at: Thresholds): boolean =>
  sends >= at.sends && proven * 100 < sends * at.provenPercent;

/** Returns the countries whose sends convert badly, and the whole site if the remaining countries together also do. */
export function badlyConverting(countries: Weighed[], at: Thresholds): Weighed[] {
  const low = countries.filter((one) => isLow(one, at));
  const rest = countries.filter((one) => !isLow(one, at));
  const sum = (count: "sends" | "proven") => rest.reduce((all, one) => all + one[count], 0);
  const site = { country: ALL, sends: sum("sends"), proven: sum("proven") };
  return isLow(site, at) ? [...low, site] : low;
}

/**
 * Weighs the last hour's texts and calls to unproven numbers, without the latest minutes, whose codes are still being typed. Sets the brake
 * if too few of them were followed by a proof of the same number, or only alerts (`pumpingGuard`); refunded sends count too.
 */
export async function watchConversion(): Promise<void> {
  if (env().SEKISHO_LIMITS === "bench") return;
  const { pumpingGuard } = await readSettings();
  const countries = await sql<Weighed>`
    SELECT m.country, count(*)::int AS sends,
           (count(*) FILTER (WHERE EXISTS (SELECT 1 FROM authenticators a WHERE a.id = m.authenticator_id AND a.verified_at IS NOT NULL)
             OR (m.user_id IS NULL AND EXISTS (SELECT 1 FROM challenges c WHERE c.id = m.challenge_id AND c.consumed_at IS NOT NULL))))::int AS proven
    FROM messages m
    WHERE m.to_new_number AND m.created_at > app_now() - interval '1 hour'
      AND m.created_at <= app_now() - make_interval(secs => ${CONVERSION.undecidedSeconds}::int)
    GROUP BY m.country`;
  for (const { country, sends } of badlyConverting(countries, pumpingGuard)) {
    const watched = pumpingGuard.mode === "monitor";
    if (!(await putBrakeOn(sql, watched ? "conversion_watched" : "conversion", country, BRAKE.conversion))) continue;
    if (watched)
      alert("pumping.noticed", { country, count: sends }, "few texts to new numbers are followed by their code: the guard only monitors");
    else
      alert(
        "conversion.braked",
        { country, count: sends },
        "few texts to new numbers are followed by their code: each address gets few of them",
      );
  }
  await keepHours();
}

/** Keeps what became of the sends of this hour and the last one, which decide late; forgets what is older than 40 days. */
async function keepHours(): Promise<void> {
  await sql`
    WITH kept AS (
      INSERT INTO conversion_hours (hour, country, sends, proven)
      SELECT date_trunc('hour', m.created_at), m.country, count(*)::int,
             (count(*) FILTER (WHERE EXISTS (SELECT 1 FROM authenticators a WHERE a.id = m.authenticator_id AND a.verified_at IS NOT NULL)))::int
      FROM messages m
      WHERE m.to_new_number AND m.country IS NOT NULL AND m.created_at >= date_trunc('hour', app_now() - interval '1 hour')
        AND m.created_at <= app_now() - make_interval(secs => ${CONVERSION.undecidedSeconds}::int)
      GROUP BY 1, 2
      ON CONFLICT (hour, country) DO UPDATE SET sends = EXCLUDED.sends, proven = EXCLUDED.proven
    )
    DELETE FROM conversion_hours WHERE hour < app_now() - interval '40 days'`;
}
