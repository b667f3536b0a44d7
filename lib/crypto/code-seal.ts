import { seal, unseal } from "#lib/crypto/seal";

/** A code is sealed for its challenge and authenticator; in another row it does not open. */
const place = (challengeId: string, phoneId: string | null) => ({
  table: "challenge_codes",
  column: "sealed",
  row: `${challengeId}/${phoneId ?? "email"}`,
});

/** Seals the code of a challenge and authenticator (phone, or null for the address). */
export const sealCode = (challengeId: string, phoneId: string | null, code: string): string => seal(code, place(challengeId, phoneId));

/** Opens it; throws `SealError` if it was moved or altered. */
export const openCode = (challengeId: string, phoneId: string | null, sealed: string): string =>
  unseal(sealed, place(challengeId, phoneId));
