import type { DeliveryStatus, Purpose } from "#lib/db/generated/enums";
import type { DeliveryError } from "#lib/errors";
import { GUESSES_PER_CHALLENGE, SENDS_PER_CHALLENGE } from "#lib/limits/policy";
import type { Method } from "#lib/methods";

/** A way to prove a factor that this challenge offers; `hint` shows at most two digits of a number. */
export type MethodOffer = { method: Method; phoneId?: string; hint?: string };

/** One act with its values, which a challenge is asked for. */
export type AskedAct = { act: string; amount: string; unit: string; payee: string };

/** The `challenge` of the API: what a browser may know of its own challenge; times are ISO 8601. */
export type ChallengeView = {
  purpose: Purpose;
  methods: MethodOffer[];
  /** Methods that the challenge would offer if the operator had not stopped sending by them; absent if there are none. */
  stopped?: MethodOffer[];
  /**
   * `phoneId` is the phone of the last message and `sender` the number that it comes from. `until` is when a message that limits hold back, or the
   * next mail to the same address, may be sent.
   */
  delivery: {
    method: Method;
    phoneId?: string;
    hint: string;
    status: DeliveryStatus;
    reason?: DeliveryError;
    until?: string;
    at: string;
    sender?: string;
  } | null;
  codeLength: number;
  attemptsLeft: number;
  sendsLeft: number;
  resendAt: { sms?: string; voice?: string; email?: string };
  expiresAt: string;
  serverTime: string;
  /** The step of a purpose that has several. */
  step?: number;
  /** What it is asked for: a class of acts, or an act with its values. */
  action?: { act: string } | AskedAct;
};

/** The bearer of a challenge: the cookie value of the browser it was opened for, its id, and what that browser may know of it. */
export type OpenedChallenge = { challengeId: string; token: string; expiresAt: Date; view: ChallengeView };

/** What the pages of a purpose depend on. */
export type PurposePage = {
  /** The journey that its pages belong to, and where it starts anew. */
  journey: "sign-up" | "sign-in" | "reset" | "account";
  restart: `/${string}`;
  /** What its code proves. */
  proves: "address" | "number" | "account";
};

/** The columns that decide whether a challenge may still be answered. */
export type ChallengeLife = { attempts: number; expiresAt: Date; consumedAt: Date | null; voidedAt: Date | null };

/** Derived from the row, never stored. `replaced`: a newer challenge of the account voided it; `exhausted`: no attempts are left. */
export type ChallengeState = "open" | "consumed" | "replaced" | "expired" | "exhausted";

/** Returns the state of a challenge at a time on the product's clock; an ended challenge reports its end before its spent attempts. */
export function stateOf(challenge: ChallengeLife, now: Date): ChallengeState {
  if (challenge.consumedAt) return "consumed";
  if (challenge.voidedAt) return "replaced";
  if (challenge.expiresAt <= now) return "expired";
  // A corrupt or negative counter refuses like a spent one (OTP-12).
  const spent = !Number.isInteger(challenge.attempts) || challenge.attempts < 0 || challenge.attempts >= GUESSES_PER_CHALLENGE;
  return spent ? "exhausted" : "open";
}

/** Tells whether a challenge still lacks a number to send a code to. */
export const waitsForNumber = ({
  page,
  view,
}: {
  page: Pick<PurposePage, "proves" | "journey">;
  view: Pick<ChallengeView, "methods" | "stopped">;
}): boolean => page.journey === "sign-up" && page.proves === "number" && view.methods.length === 0 && !view.stopped;

/** Tells whether everything of a reset is proven but the new password. */
export const waitsForPassword = ({ page, view }: { page: Pick<PurposePage, "journey">; view: Pick<ChallengeView, "step"> }): boolean =>
  page.journey === "reset" && view.step === 3;

/** The sends that are left. Up to two sends that the network refused do not count, because nothing arrived. */
export const sendsLeft = (sends: number, refunded: number): number => Math.max(0, SENDS_PER_CHALLENGE - sends + Math.min(refunded, 2));
