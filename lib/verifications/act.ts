import type { Refused } from "#lib/errors";
import type { PresentedKey } from "#lib/keys/admit";
import { proveNumber, sendNumberCode } from "#lib/purposes/numbers";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { type OwnVerification, ownVerification, type Verification, verificationNow } from "#lib/verifications/read";
import { tokenOf } from "#lib/verifications/token";

/**
 * The person behind a verification, as limits of guesses count: the address that the other system sent, or else the verification itself. The
 * other system's own address is never counted, because a stranger's wrong codes would then hold back everybody of that system.
 */
const personOf = ({ id, client }: OwnVerification, { userAgent }: Requester): Requester => ({
  ip: client ?? `verification ${id}`,
  userAgent,
});

async function after(own: OwnVerification): Promise<Result<Verification, Refused>> {
  const verification = await verificationNow(own);
  return verification ? ok(verification) : fail({ code: "not_found" });
}

/** The code of an approved verification is spent, which its caller reads as of one that is over. */
const ended = (refused: Refused): Refused => (refused.code === "challenge_missing" ? { code: "challenge_expired" } : refused);

/** Sends the code of a verification again, or by the other way, within the limits and waits of the first send. */
export async function sendVerification(
  key: PresentedKey,
  id: string,
  channel: "sms" | "voice",
  requester: Requester,
): Promise<Result<Verification, Refused>> {
  const own = await ownVerification(key.id, id);
  if (!own) return fail({ code: "not_found" });
  const sent = await sendNumberCode(await tokenOf(id), channel, personOf(own, requester));
  return sent.ok ? after(own) : fail(ended(sent.error));
}

/** Judges a code of a verification; a right one approves it once. Refusals: `code_wrong` with the attempts left, `challenge_expired`, `too_many_attempts`. */
export async function checkVerification(
  key: PresentedKey,
  id: string,
  code: string,
  requester: Requester,
): Promise<Result<Verification, Refused>> {
  const own = await ownVerification(key.id, id);
  if (!own) return fail({ code: "not_found" });
  const refused = await proveNumber(await tokenOf(id), code, personOf(own, requester));
  return refused ? fail(ended(refused)) : after(own);
}
