import { readTotp, type TotpLine } from "#lib/accounts/totp";
import { listPasskeys, type PasskeyLine } from "#lib/authenticators/passkeys/list";
import { listPhones, type PhoneLine } from "#lib/authenticators/phones/list-phones";
import { recoveryCodesLeft } from "#lib/authenticators/recovery-codes/recovery-codes";

/** The second factors of an account; times are ISO 8601. */
export type Factors = {
  phones: PhoneLine[];
  totp: TotpLine | null;
  passkeys: PasskeyLine[];
  recoveryCodes: { left: number; issuedAt: string | null };
};

/** Reads the second factors of an account for its owner. */
export async function readFactors(userId: string): Promise<Factors> {
  const [phones, totp, passkeys, codes] = await Promise.all([
    listPhones(userId),
    readTotp(userId),
    listPasskeys(userId),
    recoveryCodesLeft(userId),
  ]);
  return { phones, totp, passkeys, recoveryCodes: codes };
}
