import { sql } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import type { PresentedKey } from "#lib/keys/admit";
import { proveNumber, sendCode } from "#lib/purposes/challenges";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { readVerification, type Verification } from "#lib/verifications/read";
import { tokenOf } from "#lib/verifications/token";

/**
 * The person behind a verification of this key, as limits of guesses count: the address that the other system sent, or else the verification itself. The
 * other system's own address is never counted, because a stranger's wrong codes would then hold back everybody of that system.
 */
async function personOf(key: PresentedKey, id: string, { userAgent }: Requester): Promise<Requester | null> {
  const [own] = await sql<{ client: string | null }>`
    SELECT client FROM verifications WHERE id = ${id}::uuid AND key_id = ${key.id}::uuid`;
  return own ? { ip: own.client ?? `verification ${id}`, userAgent } : null;
}

async function after(key: PresentedKey, id: string): Promise<Result<Verification, Refused>> {
  const verification = await readVerification(key.id, id);
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
  const person = await personOf(key, id, requester);
  if (!person) return fail({ code: "not_found" });
  const sent = await sendCode(await tokenOf(id), { method: channel }, person);
  return sent.ok ? after(key, id) : fail(ended(sent.error));
}

/** Judges a code of a verification; a right one approves it once. Refusals: `code_wrong` with the attempts left, `challenge_expired`, `too_many_attempts`. */
export async function checkVerification(
  key: PresentedKey,
  id: string,
  code: string,
  requester: Requester,
): Promise<Result<Verification, Refused>> {
  const person = await personOf(key, id, requester);
  if (!person) return fail({ code: "not_found" });
  const refused = await proveNumber(await tokenOf(id), code, person);
  return refused ? fail(ended(refused)) : after(key, id);
}
