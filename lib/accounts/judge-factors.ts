import type { Factors } from "#lib/accounts/factors";

/** Pure: how strong an account's ways in are, how well its owner gets back in, and the one best next thing to do. */

/** The pages warn below this number of recovery codes. */
export const FEW_CODES = 4;

type State = Pick<Factors, "phones" | "totp" | "passkeys" | "recoveryCodes"> & {
  recoveryAddress: boolean;
  passkeyOffered?: boolean;
  restricted?: boolean;
};

/** The recommended next step, as keys of its words and its page. */
export type NextThing = {
  title: "nextCodes" | "nextAddress" | "nextPhone" | "nextPasskey";
  text: "nextCodesText" | "nextAddressText" | "nextPhoneText" | "nextPasskeyText";
  href: string;
};

/** Judges the ways of an account; `recovery` is good when the loss of one thing leaves another way. */
export function judgeFactors({
  phones,
  totp,
  passkeys,
  recoveryCodes,
  recoveryAddress,
  passkeyOffered = true,
  restricted = false,
}: State): {
  strength: "sms" | "strong";
  recovery: "good" | "weak";
  next: NextThing | null;
} {
  const app = totp !== null && !totp.disabled;
  const usable = phones.filter(({ disabled }) => !disabled).length + (app ? 1 : 0) + passkeys.length;
  const enough = recoveryCodes.left >= FEW_CODES;
  // Every recommended step is a guarded act, which a restriction refuses.
  const next: NextThing | null = restricted
    ? null
    : !enough
      ? { title: "nextCodes", text: "nextCodesText", href: "/account/recovery-codes" }
      : !app && passkeys.length === 0 && passkeyOffered
        ? { title: "nextPasskey", text: "nextPasskeyText", href: "/account/factors/passkey" }
        : usable < 2
          ? { title: "nextPhone", text: "nextPhoneText", href: "/account/phones/add" }
          : !recoveryAddress
            ? { title: "nextAddress", text: "nextAddressText", href: "/account/email?second" }
            : null;
  return { strength: app || passkeys.length > 0 ? "strong" : "sms", recovery: usable > 1 || enough ? "good" : "weak", next };
}
