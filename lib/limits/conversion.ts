import { alert } from "#lib/alert";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { ALL, putBrakeOn } from "#lib/limits/brakes";
import { BRAKE, CONVERSION } from "#lib/limits/policy";

/** Pumped texts are not for reading: where few sends to new numbers are followed by their code, sends are tightened (FR-04). */

type Weighed = { country: string; sends: number; proven: number };

const isLow = ({ sends, proven }: Omit<Weighed, "country">) => sends >= CONVERSION.sends && proven < sends * CONVERSION.share;

/** The countries whose sends convert badly; the whole site when only all the others together do. */
export function badlyConverting(countries: Weighed[]): Weighed[] {
  const low = countries.filter(isLow);
  const rest = countries.filter((one) => !isLow(one));
  const sum = (count: "sends" | "proven") => rest.reduce((all, one) => all + one[count], 0);
  const site = { country: ALL, sends: sum("sends"), proven: sum("proven") };
  return isLow(site) ? [...low, site] : low;
}

/**
 * Weighs the texts and calls of the last hour that went to unproven numbers, and puts the brake on where fewer than a fifth of at
 * least twenty were followed by a proof of that very number: another one that its account proves says nothing of it. The latest few
 * minutes are left out: their codes are still being typed. A send that a network refused and that gave its allowance back is one of
 * them like any other.
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
