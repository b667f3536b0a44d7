import { alert } from "#lib/alert";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { ALL, putBrakeOn } from "#lib/limits/brakes";
import { BRAKE, CONVERSION } from "#lib/limits/policy";

/** Pumped texts are not read, so sends are tightened if few of those to new numbers are followed by their code (FR-04). */

type Weighed = { country: string; sends: number; proven: number };

const isLow = ({ sends, proven }: Omit<Weighed, "country">) => sends >= CONVERSION.sends && proven < sends * CONVERSION.share;

/** Returns the countries whose sends convert badly, and the whole site if the remaining countries together also do. */
export function badlyConverting(countries: Weighed[]): Weighed[] {
  const low = countries.filter(isLow);
  const rest = countries.filter((one) => !isLow(one));
  const sum = (count: "sends" | "proven") => rest.reduce((all, one) => all + one[count], 0);
  const site = { country: ALL, sends: sum("sends"), proven: sum("proven") };
  return isLow(site) ? [...low, site] : low;
}

/**
 * Weighs the last hour's texts and calls to unproven numbers, without the latest minutes, whose codes are still being typed. Sets the brake
 * if fewer than a fifth of at least twenty were followed by a proof of the same number; refunded sends count too.
 */
export async function watchConversion(): Promise<void> {
  if (env().SEKISHO_LIMITS === "bench") return;
  const countries = await sql<Weighed>`
    SELECT m.country, count(*)::int AS sends,
           (count(*) FILTER (WHERE EXISTS (SELECT 1 FROM authenticators a WHERE a.id = m.authenticator_id AND a.verified_at IS NOT NULL)))::int AS proven
    FROM messages m
    WHERE m.to_new_number AND m.created_at > app_now() - interval '1 hour'
      AND m.created_at <= app_now() - make_interval(secs => ${CONVERSION.undecidedSeconds}::int)
    GROUP BY m.country`;
  for (const { country, sends } of badlyConverting(countries))
    if (await putBrakeOn(sql, "conversion", country, BRAKE.conversion))
      alert(
        "conversion.braked",
        { country, count: sends },
        "few texts to new numbers are followed by their code: each address gets few of them",
      );
}
