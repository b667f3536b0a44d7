import type { Verified } from "#lib/purposes/challenges";
import { pageOf } from "#lib/web/step";

/** Returns the page that follows a verified challenge. */
export function pageAfter(verified: Verified): string {
  if ("challengeToken" in verified)
    return { bind_phone: "/sign-up/phone", verify: "/verify", set_password: "/reset-password" }[verified.next];
  if (verified.next === "lost_phone") return "/lost-phone/status";
  if (verified.next === "stepped_up" || verified.next === "confirmed") return verified.returnTo ?? "/account";
  if (verified.next === "enrol_factor") return pageOf(verified.next);
  if (verified.next === "done") return verified.returnTo ?? "/account";
  return pageOfCodes(verified.returnTo);
}

/** Returns the page of new recovery codes, which leads on to a path of this site. */
export const pageOfCodes = (returnTo: string | null): string =>
  returnTo ? `/recovery-codes?returnTo=${encodeURIComponent(returnTo)}` : "/recovery-codes";

/** The same for a browser that makes passkeys by itself: after a sign-in by text, first the page on which it does. */
export function pageWithPasskey(verified: Verified): string {
  const next = pageAfter(verified);
  const signedIn = verified.next === "done" && verified.device !== null && verified.session.amr.includes("sms");
  return signedIn ? `/verify/passkey?returnTo=${encodeURIComponent(next)}` : next;
}
