import { address } from "#lib/authenticators/addresses/authenticator";
import { claimedNumber } from "#lib/authenticators/numbers/authenticator";
import { passkey } from "#lib/authenticators/passkeys/authenticator";
import { isDoubted, phone } from "#lib/authenticators/phones/authenticator";
import { firstPhone } from "#lib/authenticators/phones/first-phone";
import { recoveryCodes } from "#lib/authenticators/recovery-codes/authenticator";
import { recoveryMail } from "#lib/authenticators/recovery-mails/authenticator";
import { resetCode } from "#lib/authenticators/reset-codes/authenticator";
import { totp } from "#lib/authenticators/totp/authenticator";
import type { Authenticator, Bound, Subject, Target, Way } from "#lib/challenges/port";
import { type AccountFacts, barredFrom } from "#lib/policy/requirement";

/** Every kind of authenticator, in the order in which its ways are offered. */
export const authenticators: readonly Authenticator[] = [
  address,
  resetCode,
  passkey,
  totp,
  phone,
  claimedNumber,
  recoveryCodes,
  recoveryMail,
];

/** Returns the kinds that rules exclude for an account, from the columns that its statement read (PSTN-08). */
export const barredOf = ({ facts }: Pick<Subject, "facts">): string[] => barredFrom((facts ?? null) as AccountFacts);

/** The ways of the second factors of an account that may be used, by kind and then by age. */
export function secondFactorWays(subject: Subject): Way[] {
  const barred = barredOf(subject);
  return authenticators
    .filter(({ secondFactor, kind }) => secondFactor && !barred.includes(kind))
    .flatMap((kind) =>
      subject.authenticators.filter((bound) => bound.kind === kind.kind && isUsable(bound)).flatMap((bound) => kind.offer(subject, bound)),
    );
}

/** The mailed code of a lost-phone case that is ready, which leads to a new factor; it proves none. */
export const recoveryMailWays = (subject: Subject): Way[] =>
  subject.authenticators
    .filter((bound) => bound.kind === recoveryMail.kind && isUsable(bound))
    .flatMap((bound) => recoveryMail.offer(subject, bound));

/** An account's authenticators without those that serve no recovery by now (PSTN-10). */
export const servingRecovery = (bound: Bound[]): Bound[] => bound.filter((one) => !isDoubted(one));

/** The ways of the second factors that serve recovery. */
export const recoveryWays = (subject: Subject): Way[] =>
  secondFactorWays({ ...subject, authenticators: servingRecovery(subject.authenticators) });

const isUsable = ({ verified, disabled }: Bound): boolean => verified && !disabled;

/**
 * Whether an account is past its sign-up: it has a factor that was ever proven, also where failures have disabled it, or a set of recovery codes,
 * which is made with its first session alone. Such an account never enrols by its mailbox, also where its last factor was taken away (SU-05).
 */
export const isEnrolled = (bound: Bound[]): boolean =>
  bound.some(
    ({ kind, verified }) => kind === recoveryCodes.kind || (verified && authenticators.some((one) => one.kind === kind && one.enrols)),
  );

/**
 * Returns the target of an account's first code; null while it has a factor that comes before texts (PSTN-01), no usable phone, or a rule that
 * excludes phones.
 */
export const defaultTarget = (
  userId: string,
  { authenticators: bound, facts }: Pick<Subject, "authenticators" | "facts">,
): Target | null =>
  barredOf({ facts }).includes(phone.kind) ||
  bound.some((one) => isUsable(one) && authenticators.some(({ kind, beforeTexts }) => kind === one.kind && beforeTexts))
    ? null
    : firstPhone(userId, bound);
