import type { Verified } from "#lib/purposes/challenges";
import type { Requester } from "#lib/requester";
import { type TrustedDevice, trustDevice } from "#lib/sessions/trusted-device";

/** Trusts the browser of a sign-in that its second factor has just completed; null for a challenge of another purpose. */
export const trustVerified = async (verified: Verified, requester: Requester): Promise<TrustedDevice | null> =>
  verified.next === "done" && verified.device ? trustDevice(verified.session.sessionId, requester) : null;
