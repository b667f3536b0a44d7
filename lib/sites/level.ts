import { aalOf } from "#lib/sessions/session";
import type { StepUpAction } from "#lib/sessions/step-up";
import type { SiteLevel } from "#lib/sites/site";

/** Pure: the level that a session has reached, by its sign-in and by what it proved since. */

/** What proves each level in a session that has not reached it. */
export const stepUpOf = { aal1: "enter_site", aal2: "enter_site", passkey: "enter_site_passkey" } as const satisfies Record<
  SiteLevel,
  StepUpAction
>;

/** The level of a session: `amr` of its sign-in, and the classes of acts for which it proved a second factor. */
export function levelReached(amr: readonly string[], proven: readonly string[]): SiteLevel {
  if (amr.includes("hwk") || proven.includes(stepUpOf.passkey)) return "passkey";
  return aalOf(amr) === 2 || proven.length > 0 ? "aal2" : "aal1";
}
