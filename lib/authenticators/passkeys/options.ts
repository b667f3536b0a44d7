import { generateAuthenticationOptions, generateRegistrationOptions } from "@simplewebauthn/server";
import { ALGORITHMS, CEREMONY_SECONDS, handleOf, partyId } from "#lib/authenticators/passkeys/party";

/** The flat WebAuthn JSON that a browser's dialog is opened with. */

/** A credential as the options name it. */
export type Named = { id: string; transports: string[] };

const bytesOf = (nonce: string) => new Uint8Array(Buffer.from(nonce, "base64url"));
const listed = (passkeys: Named[]) => passkeys.map(({ id, transports }) => ({ id, transports: transports as "usb"[] }));

/** To sign: with one of these passkeys, or without names with whichever the browser has. */
export const signingOptions = (nonce: string, passkeys: Named[], userVerification: "preferred" | "required") =>
  generateAuthenticationOptions({
    rpID: partyId(),
    challenge: bytesOf(nonce),
    allowCredentials: listed(passkeys),
    userVerification,
    timeout: CEREMONY_SECONDS * 1000,
  });

/** To make a passkey: one that the browser keeps and offers without a name where it can (`residentKey`), and none that the account has. */
export const makingOptions = (
  nonce: string,
  account: { userId: string; email: string; service: string },
  known: Named[],
  residentKey: "preferred" | "required" = "preferred",
) =>
  generateRegistrationOptions({
    rpName: account.service,
    rpID: partyId(),
    userID: new Uint8Array(handleOf(account.userId)),
    userName: account.email,
    userDisplayName: account.email,
    challenge: bytesOf(nonce),
    excludeCredentials: listed(known),
    authenticatorSelection: { residentKey, userVerification: "preferred" },
    supportedAlgorithmIDs: ALGORITHMS,
    attestationType: "none",
    timeout: CEREMONY_SECONDS * 1000,
  });
