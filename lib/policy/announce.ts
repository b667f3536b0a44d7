import { LIVED_BY, permits, rulesOf, timesOf } from "#lib/policy/requirement";
import type { Settings } from "#lib/policy/settings";

/** Pure: the public announcement of the ways to sign in, made from the settings (JP-03). */

/** The day until which a kind signs in people who have another factor; null where no end is set. `ended` once that day has come. */
export type AnnouncedKind = { kind: string; until: Date | null; ended: boolean };

/** The kinds that sign-ins rest on, and whether rules ask more of some people, who see that on their own pages. */
export type Announcement = { kinds: AnnouncedKind[]; some: boolean };

export function announcementOf(settings: Pick<Settings, "noPstn" | "requirements">, now: Date): Announcement {
  const rules = rulesOf(settings);
  const kinds = LIVED_BY.map((kind) => {
    const ends = rules.flatMap(({ who, factor, ...rule }) =>
      who === "everybody" && factor !== "any" && !permits(factor, kind) ? [timesOf(rule).until.getTime()] : [],
    );
    const until = ends.length > 0 ? new Date(Math.min(...ends)) : null;
    return { kind, until, ended: until !== null && until <= now };
  });
  return { kinds, some: rules.some(({ who, factor }) => who !== "everybody" && factor !== "any") };
}
