import type { Channel, DeliveryStatus, Purpose } from "#lib/db/generated/enums";
import type { DeliveryError } from "#lib/errors";
import { ATTEMPTS_PER_CHALLENGE, SENDS_PER_CHALLENGE } from "#lib/limits/policy";

/** How a factor is proven: the API's method values. */
export const methods = ["sms", "voice", "email", "recovery_code"] as const;
export type Method = (typeof methods)[number];

/** A way to prove a factor that this challenge offers; `hint` shows at most two digits of a number. */
export type MethodOffer = { method: Method; phoneId?: string; hint?: string };

/** The contract's `challenge`: what a browser may know of its own challenge; times are ISO 8601. */
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
};

/** The columns that decide whether a challenge may still be answered. */
export type ChallengeLife = { attempts: number; expiresAt: Date; consumedAt: Date | null; voidedAt: Date | null };

/** Derived, never stored: `replaced` was voided by a newer challenge of its account, `exhausted` spent its attempts. */
export type ChallengeState = "open" | "consumed" | "replaced" | "expired" | "exhausted";

/** The state of a challenge at a moment of the product's clock; what ends it first wins over what is left of it. */
export function stateOf(challenge: ChallengeLife, now: Date): ChallengeState {
  if (challenge.consumedAt) return "consumed";
  if (challenge.voidedAt) return "replaced";
  if (challenge.expiresAt <= now) return "expired";
  // A counter that is no count (corrupt, negative) refuses like a spent one (OTP-12).
  const spent = !Number.isInteger(challenge.attempts) || challenge.attempts < 0 || challenge.attempts >= ATTEMPTS_PER_CHALLENGE;
  return spent ? "exhausted" : "open";
}

/** Sends a challenge has left; at most two that the network refused were given back. */
export const sendsLeft = (sends: number, refunded: number): number => Math.max(0, SENDS_PER_CHALLENGE - sends + Math.min(refunded, 2));

/** The channel a method travels by; null where nothing is sent. */
export const channelOf = (method: Method): Channel | null => (method === "recovery_code" ? null : (method.toUpperCase() as Channel));

/** The method word of a channel. */
export const methodOf = (channel: Channel): Exclude<Method, "recovery_code"> => channel.toLowerCase() as Exclude<Method, "recovery_code">;

/** Tells whether a challenge still lacks a number to send a code to. */
export const waitsForNumber = ({ purpose, methods, stopped }: Pick<ChallengeView, "purpose" | "methods" | "stopped">): boolean =>
  purpose === "BIND_PHONE" && methods.length === 0 && !stopped;

/** The last two digits of a number as a hint. */
export const phoneHint = (e164: string): string => `••${e164.slice(-2)}`;
