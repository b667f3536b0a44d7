import { verifyRegistrationResponse } from "@simplewebauthn/server";
import { cose, decodeCredentialPublicKey } from "@simplewebauthn/server/helpers";
import { PASSKEY_KIND } from "#lib/authenticators/passkeys/authenticator";
import { ALGORITHMS, partyId, partyOrigins } from "#lib/authenticators/passkeys/party";
import type { Attestation } from "#lib/authenticators/passkeys/response";
import type { Sql } from "#lib/db/sql";

/** Judges the answer for a new passkey, and writes its rows. */

/**
 * Returns the columns of a new passkey, or null if the answer does not belong to this ceremony. One that was made `unasked` may come without a
 * person's presence (WebAuthn level 3, 5.1.3).
 */
export async function judgeNew(attestation: Attestation, nonce: string, { unasked = false } = {}) {
  try {
    const { clientExtensionResults, ...answer } = attestation;
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: { ...answer, response: { ...answer.response, transports: undefined }, clientExtensionResults: {} },
      expectedChallenge: nonce,
      expectedOrigin: partyOrigins(),
      expectedRPID: partyId(),
      requireUserVerification: false,
      requireUserPresence: !unasked,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (!verified) return null;
    return { ...registrationInfo, discoverable: clientExtensionResults?.credProps?.rk ?? false };
  } catch {
    // The library throws for any unexpected input; the answer came from outside.
    return null;
  }
}

const KNOWN_TRANSPORTS = ["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"];

/** The COSE algorithm of a public key; the verification has held it to those of `ALGORITHMS`. */
const algOf = (key: Uint8Array<ArrayBuffer>): number => Number(decodeCredentialPublicKey(key).get(cose.COSEKEYS.alg));

export type Made = NonNullable<Awaited<ReturnType<typeof judgeNew>>>;

/** Writes a proven passkey; `needsPassword` for one that was made automatically. */
export async function insertPasskey(
  tx: Sql,
  row: { id: string; userId: string; name: string | null; needsPassword?: boolean },
  { response }: Attestation,
  { credential, aaguid, credentialDeviceType, credentialBackedUp, discoverable }: Made,
): Promise<void> {
  const transports = (response.transports ?? []).filter((one) => KNOWN_TRANSPORTS.includes(one));
  await tx`
    WITH bound AS (
      INSERT INTO authenticators (id, user_id, kind, name, verified_at)
      VALUES (${row.id}::uuid, ${row.userId}::uuid, ${PASSKEY_KIND}, ${row.name}, app_now()) RETURNING id)
    INSERT INTO passkeys (id, credential_id, public_key, alg, counter, aaguid, transports, backup_eligible, backed_up, discoverable, needs_password)
    SELECT id, ${Buffer.from(credential.id, "base64url")}, ${Buffer.from(credential.publicKey)}, ${algOf(credential.publicKey)}::int,
      ${credential.counter}::bigint, ${aaguid}::uuid, ${transports}::text[], ${credentialDeviceType === "multiDevice"}::boolean,
      ${credentialBackedUp}::boolean, ${discoverable}::boolean, ${row.needsPassword ?? false}::boolean FROM bound`;
}

/** The unique constraint of a credential: it belongs to one account for ever, and a second registration is a copy or a second click. */
export const CREDENTIAL_KEY = "passkeys_credential_id_key";
