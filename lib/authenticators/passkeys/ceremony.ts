import { randomBytes } from "node:crypto";
import { CEREMONY_SECONDS, NONCE_BYTES } from "#lib/authenticators/passkeys/party";
import { type Sql, sql } from "#lib/db/sql";

/** The one live WebAuthn challenge of a challenge (to sign) or of a session (to make a passkey): random, for 300 seconds, taken by its first answer. */

/** What a ceremony is bound to: a challenge or a session; `unasked` where the browser makes a passkey by itself. */
export type Of = { challengeId: string } | { sessionId: string; unasked?: boolean };

/** Begins a ceremony in place of the one before; returns its nonce in base64url. */
export async function beginCeremony(of: Of, tx: Sql = sql): Promise<string> {
  const nonce = randomBytes(NONCE_BYTES);
  if ("challengeId" in of)
    await tx`
      INSERT INTO passkey_ceremonies (challenge_id, nonce, expires_at)
      VALUES (${of.challengeId}::uuid, ${nonce}, app_now() + make_interval(secs => ${CEREMONY_SECONDS}::int))
      ON CONFLICT (challenge_id) DO UPDATE SET nonce = EXCLUDED.nonce, expires_at = EXCLUDED.expires_at`;
  else
    await tx`
      INSERT INTO passkey_ceremonies (session_id, nonce, unasked, expires_at)
      VALUES (${of.sessionId}::uuid, ${nonce}, ${of.unasked ?? false}::boolean, app_now() + make_interval(secs => ${CEREMONY_SECONDS}::int))
      ON CONFLICT (session_id) DO UPDATE SET nonce = EXCLUDED.nonce, unasked = EXCLUDED.unasked, expires_at = EXCLUDED.expires_at`;
  return nonce.toString("base64url");
}

/** Takes the nonce of a ceremony, right or wrong as its answer may be; null where there is none, it is over, or another answer took it. */
export async function takeCeremony(of: Of): Promise<string | null> {
  const [taken] =
    "challengeId" in of
      ? await sql<{ nonce: Buffer; live: boolean }>`
          DELETE FROM passkey_ceremonies WHERE challenge_id = ${of.challengeId}::uuid RETURNING nonce, expires_at > app_now() AS live`
      : await sql<{ nonce: Buffer; live: boolean }>`
          DELETE FROM passkey_ceremonies WHERE session_id = ${of.sessionId}::uuid AND unasked = ${of.unasked ?? false}::boolean RETURNING nonce, expires_at > app_now() AS live`;
  return taken?.live ? taken.nonce.toString("base64url") : null;
}
