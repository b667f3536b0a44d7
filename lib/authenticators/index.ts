import { address } from "#lib/authenticators/addresses/authenticator";
import { phone } from "#lib/authenticators/phones/authenticator";
import { firstPhone } from "#lib/authenticators/phones/first-phone";
import { recoveryCodes } from "#lib/authenticators/recovery-codes/authenticator";
import { resetCode } from "#lib/authenticators/reset-codes/authenticator";
import type { Authenticator, Bound, Subject, Target, Way } from "#lib/challenges/port";

/** Every kind of authenticator, in the order in which its ways are offered. */
export const authenticators: readonly Authenticator[] = [address, resetCode, phone, recoveryCodes];

/** The ways of the second factors of an account that may be used, by kind and then by age. */
export const secondFactorWays = (subject: Subject): Way[] =>
  authenticators
    .filter(({ secondFactor }) => secondFactor)
    .flatMap((kind) =>
      subject.authenticators.filter((bound) => bound.kind === kind.kind && isUsable(bound)).flatMap((bound) => kind.offer(subject, bound)),
    );

const isUsable = ({ verified, disabled }: Bound): boolean => verified && !disabled;

/**
 * Whether an account is past its sign-up: it has a factor that was ever proven, also where failures have disabled it, or a set of recovery codes,
 * which is made with its first session alone. Such an account never enrols by its mailbox, also where its last factor was taken away (SU-05).
 */
export const isEnrolled = (bound: Bound[]): boolean =>
  bound.some(
    ({ kind, verified }) => kind === recoveryCodes.kind || (verified && authenticators.some((one) => one.kind === kind && one.enrols)),
  );

/** Where the first code of an account goes; nowhere while it has a factor that is asked for before any text (PSTN-01), or no phone that may be used. */
export const defaultTarget = (userId: string, bound: Bound[]): Target | null =>
  bound.some((one) => isUsable(one) && authenticators.some(({ kind, unasked }) => kind === one.kind && unasked))
    ? null
    : firstPhone(userId, bound);
