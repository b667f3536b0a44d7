import { type ChallengeView, channelOf, type Method, type MethodOffer, methodOf, phoneHint, sendsLeft } from "#lib/challenges/challenge";
import { OTP_DIGITS } from "#lib/crypto/codes";
import { openNumber } from "#lib/crypto/number-seal";
import type { Channel, DeliveryStatus, Purpose } from "#lib/db/generated/enums";
import { env } from "#lib/env";
import type { DeliveryError } from "#lib/errors";
import { ATTEMPTS_PER_CHALLENGE, resendWait } from "#lib/limits/policy";

/** A phone as the view of a challenge needs it. */
export type PhoneRow = {
  id: string;
  sealed: string;
  voiceOnly: boolean;
  /** Whether an account in use may call its country. */
  calls: boolean;
};

/** The message of a challenge that was queued last. */
type Last = {
  channel: Channel;
  phone_id: string | null;
  status: DeliveryStatus;
  reason: DeliveryError | null;
  status_at: string | Date;
  sender: string | null;
};

/** What the view of a challenge is made of. */
export type ViewRow = {
  purpose: Purpose;
  email: string | null;
  account_email: string | null;
  attempts: number;
  sends: number;
  sends_refunded: number;
  current_channel: Channel | null;
  expires_at: Date;
  now: Date;
  code_expires_at: Date | null;
  phones: PhoneRow[];
  recovery_left: number;
  sent: { channel: Channel; sends: number; last: string | Date }[];
  last: Last | null;
};

/**
 * The ways a challenge offers, without hints: what is bound to its account and proves its purpose; e-mail proves an address and nothing
 * else (PSTN-07). A mobile phone is not called where nobody could; a landline has no other way, and is told what came of the call.
 */
export function waysOf(row: Pick<ViewRow, "purpose" | "phones" | "recovery_left">): { method: Method; phone?: PhoneRow }[] {
  if (row.purpose === "SIGN_UP") return [{ method: "email" }];
  const phones = row.phones.flatMap((phone) => {
    const offered: Method[] = phone.voiceOnly ? ["voice"] : phone.calls ? ["sms", "voice"] : ["sms"];
    return offered.map((method): { method: Method; phone: PhoneRow } => ({ method, phone }));
  });
  return row.purpose === "SIGN_IN" && row.recovery_left > 0 ? [...phones, { method: "recovery_code" }] : phones;
}

function offersOf(row: ViewRow): MethodOffer[] {
  const hints = new Map(row.phones.map((phone) => [phone.id, phoneHint(openNumber(phone.id, phone.sealed))]));
  return waysOf(row).map(({ method, phone }): MethodOffer => {
    if (method === "email") return { method, hint: row.email ?? row.account_email ?? "" };
    return phone ? { method, phoneId: phone.id, hint: hints.get(phone.id) ?? "" } : { method };
  });
}

function deliveryOf({ last }: ViewRow, offers: MethodOffer[]): ChallengeView["delivery"] {
  if (!last) return null;
  const method = methodOf(last.channel);
  const hint = offers.find((offer) => offer.method === method && (offer.phoneId ?? null) === last.phone_id)?.hint ?? "";
  // The announced number is that of texts; a call shows the number of the account that carries it, or none.
  const sender = last.sender ?? (method === "sms" ? env().senderNumber : null);
  return {
    method,
    ...(last.phone_id ? { phoneId: last.phone_id } : {}),
    hint,
    status: last.status,
    ...(last.reason ? { reason: last.reason } : {}),
    at: new Date(last.status_at).toISOString(),
    ...(sender ? { sender } : {}),
  };
}

/** When each channel that was used may be used again (RESEND_WAIT); a channel not used yet needs no wait and is absent. */
export function resendTimes(row: Pick<ViewRow, "sent">): ChallengeView["resendAt"] {
  if (env().SEKISHO_LIMITS === "bench") return {};
  return Object.fromEntries(
    row.sent.map(({ channel, sends, last }) => [
      methodOf(channel),
      new Date(new Date(last).getTime() + resendWait(sends) * 1000).toISOString(),
    ]),
  );
}

/** What the browser of a challenge may know of it. */
export function viewOf(row: ViewRow): ChallengeView {
  const offers = offersOf(row);
  const ends = row.code_expires_at && row.code_expires_at < row.expires_at ? row.code_expires_at : row.expires_at;
  return {
    purpose: row.purpose,
    methods: offers,
    delivery: deliveryOf(row, offers),
    codeLength: OTP_DIGITS,
    attemptsLeft: Math.max(0, ATTEMPTS_PER_CHALLENGE - row.attempts),
    sendsLeft: sendsLeft(row.sends, row.sends_refunded),
    resendAt: resendTimes(row),
    expiresAt: ends.toISOString(),
    serverTime: row.now.toISOString(),
  };
}

/** Whether a method proves what is expected now: a code proves the way it was last sent by; another way has to be asked for first (OTP-08). */
export const isAwaited = (row: Pick<ViewRow, "current_channel">, method: Method): boolean =>
  method === "recovery_code" || (row.current_channel !== null && (channelOf(method) === "EMAIL") === (row.current_channel === "EMAIL"));
