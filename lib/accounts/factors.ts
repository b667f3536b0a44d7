import { readTotp, type TotpLine } from "#lib/accounts/totp";
import { listPhones, type PhoneLine } from "#lib/authenticators/phones/list-phones";
import { recoveryCodesLeft } from "#lib/authenticators/recovery-codes/recovery-codes";

/** The second factors of an account; times are ISO 8601. */
export type Factors = {
  phones: PhoneLine[];
  totp: TotpLine | null;
  passkeys: { id: string; name: string | null; createdAt: string; lastUsedAt: string | null; backedUp: boolean }[];
  recoveryCodes: { left: number; issuedAt: string | null };
};

/** Reads the second factors of an account for its owner. */
export async function readFactors(userId: string): Promise<Factors> {
  const [phones, totp, codes] = await Promise.all([listPhones(userId), readTotp(userId), recoveryCodesLeft(userId)]);
  return { phones, totp, passkeys: [], recoveryCodes: codes };
}
