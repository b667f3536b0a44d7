import { address } from "#lib/authenticators/addresses/authenticator";
import { phone } from "#lib/authenticators/phones/authenticator";
import { recoveryCodes } from "#lib/authenticators/recovery-codes/authenticator";
import type { Authenticator, Subject, Way } from "#lib/challenges/port";

/** Every kind of authenticator, in the order in which its ways are offered. */
export const authenticators: readonly Authenticator[] = [address, phone, recoveryCodes];

/** The ways of the second factors of an account that may be used, by kind and then by age. */
export const secondFactorWays = (subject: Subject): Way[] =>
  authenticators
    .filter(({ secondFactor }) => secondFactor)
    .flatMap((kind) =>
      subject.authenticators
        .filter((bound) => bound.kind === kind.kind && bound.verified && !bound.disabled)
        .flatMap((bound) => kind.offer(subject, bound)),
    );
