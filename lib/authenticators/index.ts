import { address } from "#lib/authenticators/addresses/authenticator";
import { passkey } from "#lib/authenticators/passkeys/authenticator";
import { phone } from "#lib/authenticators/phones/authenticator";
import { firstPhone } from "#lib/authenticators/phones/first-phone";
import { recoveryCodes } from "#lib/authenticators/recovery-codes/authenticator";
import { resetCode } from "#lib/authenticators/reset-codes/authenticator";
import { totp } from "#lib/authenticators/totp/authenticator";
import type { Authenticator, Bound, Subject, Target, Way } from "#lib/challenges/port";

/** Every kind of authenticator, in the order in which its ways are offered. */
export const authenticators: readonly Authenticator[] = [address, resetCode, passkey, totp, phone, recoveryCodes];

/** The ways of the second factors of an account that may be used, by kind and then by age. */
export const secondFactorWays = (subject: Subject): Way[] =>
  authenticators
    .filter(({ secondFactor }) => secondFactor)
    .flatMap((kind) =>
      subject.authenticators.filter((bound) => bound.kind === kind.kind && isUsable(bound)).flatMap((bound) => kind.offer(subject, bound)),
    );

const isUsable = ({ verified, disabled }: Bound): boolean => verified && !disabled;

/** Whether an account has a second factor that was ever proven, also where failures have disabled it: it is past its sign-up. */
export const hasSecondFactor = (bound: Bound[]): boolean =>
  bound.some(({ kind, verified }) => verified && authenticators.some((one) => one.kind === kind && one.enrols));

/** Where the first code of an account goes; nowhere while it has a factor that is asked for before any text (PSTN-01), or no phone that may be used. */
export const defaultTarget = (userId: string, bound: Bound[]): Target | null =>
  bound.some((one) => isUsable(one) && authenticators.some(({ kind, unasked }) => kind === one.kind && unasked))
    ? null
    : firstPhone(userId, bound);
