import { lastDigits } from "#lib/authenticators/phones/number";
import type { Target } from "#lib/challenges/port";
import type { StoppedWay } from "#lib/delivery/stops";

/** What a challenge without an account has in place of a bound phone: a number that is proven and not kept. */
export type ClaimedNumber = {
  id: string;
  sealed: string;
  country: string;
  voiceOnly: boolean;
  /** Whether an enabled provider account carries calls to its country. */
  calls: boolean;
  /** The methods that an operator has stopped to its country. */
  stopped: readonly StoppedWay[];
};

/** The last two digits of a number as a hint (PH-06). */
export const maskNumber = (e164: string): string => `••${lastDigits(e164, 2)}`;

/** The target of a code to a claimed number by one channel. */
export const targetOfNumber = (e164: string, country: string, channel: "SMS" | "VOICE"): Target => ({
  channel,
  authenticatorId: null,
  to: e164,
  country,
  proven: false,
});
