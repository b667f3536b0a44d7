import { verifyAuthenticationResponse } from "@simplewebauthn/server";
import { decodeClientDataJSON } from "@simplewebauthn/server/helpers";
import { handleOf, partyId, partyOrigins } from "#lib/authenticators/passkeys/party";
import type { Assertion } from "#lib/authenticators/passkeys/response";
import { equalInConstantTime } from "#lib/crypto/hash";
import { type Sql, sql } from "#lib/db/sql";

/** A passkey as it is stored, with its account. */
export type StoredPasskey = {
  id: string;
  userId: string;
  publicKey: Buffer;
  counter: number;
  backupEligible: boolean;
  needsPassword: boolean;
  epoch: number;
  locale: string;
};

/** The usable passkey of a credential id, or null. */
export async function findPasskey(credentialId: string, tx: Sql = sql): Promise<StoredPasskey | null> {
  const [row] = await tx<StoredPasskey>`
    SELECT p.id, a.user_id, p.public_key, p.counter::float8 AS counter, p.backup_eligible, p.needs_password, u.epoch, u.locale
    FROM passkeys p JOIN usable_authenticators a ON a.id = p.id JOIN users u ON u.id = a.user_id
    WHERE p.credential_id = ${Buffer.from(credentialId, "base64url")} AND u.disabled_at IS NULL`;
  return row ?? null;
}

/** What a right signature proved, and what is stored of it. */
export type Judged = { counter: number; backedUp: boolean; userVerified: boolean; wentBack: boolean };

/**
 * Verifies an assertion for a nonce and a stored passkey: type, nonce, exact origin, id of the relying party, presence, signature, the account's
 * handle where the passkey names one, and flags of a backup that the passkey may have (WA-01). Null if anything is wrong.
 */
export async function judge(assertion: Assertion, nonce: string, passkey: StoredPasskey): Promise<Judged | null> {
  const { userHandle } = assertion.response;
  if (userHandle && !equalInConstantTime(userHandle, handleOf(passkey.userId).toString("base64url"))) return null;
  try {
    if (decodeClientDataJSON(assertion.response.clientDataJSON).crossOrigin) return null;
    const { verified, authenticationInfo: info } = await verifyAuthenticationResponse({
      response: {
        ...assertion,
        response: { ...assertion.response, userHandle: userHandle ?? undefined },
        clientExtensionResults: {},
      },
      expectedChallenge: nonce,
      expectedOrigin: partyOrigins(),
      expectedRPID: partyId(),
      // The counter is compared here, so that a counter that went back is reported separately from a wrong signature.
      credential: { id: assertion.id, publicKey: new Uint8Array(passkey.publicKey), counter: 0 },
      requireUserVerification: false,
    });
    if (!verified || (info.credentialDeviceType === "multiDevice") !== passkey.backupEligible) return null;
    const { newCounter: counter, credentialBackedUp: backedUp, userVerified } = info;
    const wentBack = (counter > 0 || passkey.counter > 0) && counter <= passkey.counter;
    return { counter, backedUp, userVerified, wentBack };
  } catch {
    // The library throws for any unexpected input; the assertion came from outside.
    return null;
  }
}

/** Stores what a proof showed of its passkey; false when another request has used the same count or a later one. */
export async function spendCounter(tx: Sql, id: string, { counter, backedUp }: Pick<Judged, "counter" | "backedUp">): Promise<boolean> {
  const spent = await tx`
    UPDATE passkeys SET counter = ${counter}::bigint, backed_up = ${backedUp}::boolean
    WHERE id = ${id}::uuid AND (counter < ${counter}::bigint OR (counter = 0 AND ${counter}::bigint = 0)) RETURNING id`;
  return spent.length === 1;
}
