import { randomBytes } from "node:crypto";
import { CEREMONY_SECONDS, NONCE_BYTES } from "#lib/authenticators/passkeys/party";
import { confirmationChallenge } from "#lib/crypto/confirmation-digest";
import { type Sql, sql } from "#lib/db/sql";

/** The one live WebAuthn challenge of a challenge (to sign) or of a session (to make a passkey): random, for 300 seconds, taken by its first answer. */

/** What a ceremony is bound to: a challenge or a session; `unasked` where the browser makes a passkey by itself. */
export type Of = { challengeId: string } | { sessionId: string; unasked?: boolean };

type Taken = { nonce: Buffer; digest: Buffer | null; live: boolean };

/** What its answer signs, in base64url: the nonce, with the digest of the act where its challenge confirms one (SU-04). */
const toSign = ({ nonce, digest }: { nonce: Buffer; digest: Buffer | null }): string =>
  (digest ? confirmationChallenge(nonce, digest) : nonce).toString("base64url");

/** Begins a ceremony in place of the one before; returns what its answer must sign. */
export async function beginCeremony(of: Of, tx: Sql = sql): Promise<string> {
  const nonce = randomBytes(NONCE_BYTES);
  if ("challengeId" in of) {
    const [begun] = await tx<{ nonce: Buffer; digest: Buffer | null }>`
      INSERT INTO passkey_ceremonies (challenge_id, nonce, expires_at)
      VALUES (${of.challengeId}::uuid, ${nonce}, app_now() + make_interval(secs => ${CEREMONY_SECONDS}::int))
      ON CONFLICT (challenge_id) DO UPDATE SET nonce = EXCLUDED.nonce, expires_at = EXCLUDED.expires_at
      RETURNING nonce, (SELECT digest FROM confirmations c WHERE c.challenge_id = passkey_ceremonies.challenge_id) AS digest`;
    if (!begun) throw new Error("a ceremony was not kept");
    return toSign(begun);
  }
  await tx`
    INSERT INTO passkey_ceremonies (session_id, nonce, unasked, expires_at)
    VALUES (${of.sessionId}::uuid, ${nonce}, ${of.unasked ?? false}::boolean, app_now() + make_interval(secs => ${CEREMONY_SECONDS}::int))
    ON CONFLICT (session_id) DO UPDATE SET nonce = EXCLUDED.nonce, unasked = EXCLUDED.unasked, expires_at = EXCLUDED.expires_at`;
  return nonce.toString("base64url");
}

/**
 * Takes the text that the answer of a ceremony must sign, before the answer is judged; null if there is none, it has expired, or another answer
 * took it.
 */
export async function takeCeremony(of: Of): Promise<string | null> {
  const [taken] =
    "challengeId" in of
      ? await sql<Taken>`
          DELETE FROM passkey_ceremonies WHERE challenge_id = ${of.challengeId}::uuid
          RETURNING nonce, expires_at > app_now() AS live, (SELECT digest FROM confirmations c WHERE c.challenge_id = passkey_ceremonies.challenge_id) AS digest`
      : await sql<Taken>`
          DELETE FROM passkey_ceremonies WHERE session_id = ${of.sessionId}::uuid AND unasked = ${of.unasked ?? false}::boolean
          RETURNING nonce, expires_at > app_now() AS live, NULL::bytea AS digest`;
  return taken?.live ? toSign(taken) : null;
}
