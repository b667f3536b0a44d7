import { phonesAmong, targetOfPhone } from "#lib/authenticators/phones/authenticator";
import type { Bound, Target } from "#lib/challenges/port";

/** The phone that its owner prefers, else the one used last, as the target of the first code of a sign-in; null when no phone may be used. */
export function firstPhone(userId: string, authenticators: Bound[]): Target | null {
  const usable = phonesAmong(authenticators).filter(({ verified, disabled }) => verified && !disabled);
  const [phone] = usable.toSorted(
    (a, b) =>
      Number(b.details.preferred ?? false) - Number(a.details.preferred ?? false) ||
      Date.parse(b.lastUsedAt ?? "1970") - Date.parse(a.lastUsedAt ?? "1970"),
  );
  if (!phone) return null;
  const { calls, voiceOnly, channel } = phone.details;
  // The stored channel may be a call that no provider account carries at present; such a phone gets a text.
  return targetOfPhone(userId, phone, calls || voiceOnly ? channel : "SMS");
}

/** Tells whether an operator has stopped the method of a target. */
export const isPhoneStopped = (authenticators: Bound[], target: Target): boolean =>
  phonesAmong(authenticators).some(
    ({ id, details }) => id === target.authenticatorId && details.stopped.includes(target.channel === "SMS" ? "sms" : "voice"),
  );
