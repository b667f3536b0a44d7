import type { Verified } from "#lib/purposes/challenges";
import { pageOf } from "#lib/web/step";

/** Returns the page that follows a verified challenge. */
export function pageAfter(verified: Verified): string {
  if ("challengeToken" in verified)
    return { bind_phone: "/sign-up/phone", verify: "/verify", set_password: "/reset-password" }[verified.next];
  if (verified.next === "stepped_up") return verified.returnTo ?? "/account";
  if (verified.next === "enrol_factor") return pageOf(verified.next);
  if (verified.next === "done") return verified.returnTo ?? "/account";
  return pageOfCodes(verified.returnTo);
}

/** Returns the page of new recovery codes, which leads on to a path of this site. */
export const pageOfCodes = (returnTo: string | null): string =>
  returnTo ? `/recovery-codes?returnTo=${encodeURIComponent(returnTo)}` : "/recovery-codes";
