import { seal, unseal } from "#lib/crypto/seal";

/** What a code is for: its challenge, its authenticator (a phone, or null for the address), and the account or, in a sign-up, the address to be proven. */
export type CodePlace = { challengeId: string; phoneId: string | null; owner: string };

/** A code is sealed for its challenge, authenticator and owner; for any other it does not open. */
const place = ({ challengeId, phoneId, owner }: CodePlace) => ({
  table: "challenge_codes",
  column: "sealed",
  row: `${challengeId}/${phoneId ?? "email"}`,
  owner,
});

/** Seals a code. */
export const sealCode = (of: CodePlace, code: string): string => seal(code, place(of));

/** Opens it; throws `SealError` if it was moved or altered, or if its challenge was given to another owner. */
export const openCode = (of: CodePlace, sealed: string): string => unseal(sealed, place(of));
