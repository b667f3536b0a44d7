import { seal, unseal } from "#lib/crypto/seal";

/**
 * The context of a code: its challenge, its authenticator (null for the address), and the account or, in a sign-up, the address to be
 * proven.
 */
type CodePlace = { challengeId: string; authenticatorId: string | null; owner: string };

/** Binds a code to its challenge, authenticator and owner, so that it does not open for any other. */
const place = ({ challengeId, authenticatorId, owner }: CodePlace) => ({
  table: "challenge_codes",
  column: "sealed",
  row: `${challengeId}/${authenticatorId ?? "email"}`,
  owner,
});

/** Seals a code. */
export const sealCode = (of: CodePlace, code: string): string => seal(code, place(of));

/** Opens a sealed code; throws `SealError` if it was moved or altered, or if its challenge has another owner now. */
export const openCode = (of: CodePlace, sealed: string): string => unseal(sealed, place(of));

/** The place of a reset code, which an account has one of. */
export const resetCodePlace = (userId: string) => ({ table: "reset_codes", column: "sealed", row: userId, owner: userId });
