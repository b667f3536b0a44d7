import { shownEmail } from "#lib/accounts/email";
import { type ChallengeView, channelOf, type Method, type MethodOffer, methodOf, phoneHint, sendsLeft } from "#lib/challenges/challenge";
import { OTP_DIGITS } from "#lib/crypto/codes";
import { openNumber } from "#lib/crypto/number-seal";
import type { Channel, DeliveryStatus, Purpose } from "#lib/db/generated/enums";
import type { StoppedWay } from "#lib/delivery/stops";
import { env } from "#lib/env";
import type { DeliveryError } from "#lib/errors";
import { ATTEMPTS_PER_CHALLENGE, resendWait } from "#lib/limits/policy";
import type { Whose } from "#lib/words/whose";

/** A phone as the view of a challenge needs it. */
export type PhoneRow = {
  id: string;
  sealed: string;
  voiceOnly: boolean;
  /** Whether an account in use may call its country. */
  calls: boolean;
  /** The methods that an operator has stopped to its country. */
  stopped: readonly StoppedWay[];
};

/** The message of a challenge that was queued last. */
type Last = {
  channel: Channel;
  phoneId: string | null;
  status: DeliveryStatus;
  reason: DeliveryError | null;
  statusAt: string | Date;
  /** When it, or a further mail after it, may be sent; null if no limit applies. */
  until: string | Date | null;
  sender: string | null;
};

/** What the view of a challenge is made of. */
export type ViewRow = {
  purpose: Purpose;
  /** The account; null in a sign-up for a new address. */
  userId: string | null;
  email: string | null;
  accountEmail: string | null;
  attempts: number;
  sends: number;
  sendsRefunded: number;
  currentChannel: Channel | null;
  expiresAt: Date;
  now: Date;
  codeExpiresAt: Date | null;
  phones: PhoneRow[];
  recoveryLeft: number;
  /** Whether an operator has stopped mail. */
  mailStopped: boolean;
  sent: { channel: Channel; sends: number; last: string | Date }[];
  last: Last | null;
};

/** A method to prove a challenge; a `stopped` one cannot be sent by now, but a code that it delivered before is still valid. */
type BoundWay = { method: Method; phone?: PhoneRow; stopped: boolean };

/**
 * The methods of a challenge, without hints: those bound to its account that serve its purpose; e-mail only proves an address (PSTN-07). A mobile
 * phone offers calls only if an account can carry them; a landline always does, because it has no other method, and its page shows the outcome.
 */
export function waysOf(row: Pick<ViewRow, "purpose" | "phones" | "recoveryLeft" | "mailStopped">): BoundWay[] {
  if (row.purpose === "SIGN_UP") return [{ method: "email", stopped: row.mailStopped }];
  const phones = row.phones.flatMap((phone) => {
    const bound: StoppedWay[] = phone.voiceOnly ? ["voice"] : phone.calls ? ["sms", "voice"] : ["sms"];
    return bound.map((method): BoundWay => ({ method, phone, stopped: phone.stopped.includes(method) }));
  });
  return row.purpose === "SIGN_IN" && row.recoveryLeft > 0 ? [...phones, { method: "recovery_code", stopped: false }] : phones;
}

function offersOf(row: ViewRow): { offers: MethodOffer[]; stopped: MethodOffer[] } {
  const hints = new Map(row.phones.map((phone) => [phone.id, phoneHint(openNumber(phone.id, row.userId ?? "", phone.sealed))]));
  const offerOf = ({ method, phone }: BoundWay): MethodOffer => {
    if (method === "email") return { method, hint: shownEmail(row.email ?? row.accountEmail ?? "") };
    return phone ? { method, phoneId: phone.id, hint: hints.get(phone.id) ?? "" } : { method };
  };
  const ways = waysOf(row);
  return { offers: ways.filter((way) => !way.stopped).map(offerOf), stopped: ways.filter((way) => way.stopped).map(offerOf) };
}

function deliveryOf({ last }: ViewRow, offers: MethodOffer[]): ChallengeView["delivery"] {
  if (!last) return null;
  const method = methodOf(last.channel);
  const hint = offers.find((offer) => offer.method === method && (offer.phoneId ?? null) === last.phoneId)?.hint ?? "";
  // The announced number is for texts; a call shows the number of its provider account, or none.
  const sender = last.sender ?? (method === "sms" ? env().senderNumber : null);
  return {
    method,
    ...(last.phoneId ? { phoneId: last.phoneId } : {}),
    hint,
    status: last.status,
    ...(last.reason ? { reason: last.reason } : {}),
    ...(last.until ? { until: new Date(last.until).toISOString() } : {}),
    at: new Date(last.statusAt).toISOString(),
    ...(sender ? { sender } : {}),
  };
}

/**
 * The address that a sign-up claims or has proven, or that a sign-in was started with. A sign-in that was started with a number shows digits only,
 * so that number and password do not reveal the address.
 */
export function whoseOf(row: Pick<ViewRow, "purpose" | "email" | "accountEmail" | "phones" | "userId">): Whose {
  const email = row.email ?? (row.purpose === "SIGN_IN" ? null : row.accountEmail);
  if (email) return { email: shownEmail(email) };
  return { digits: row.phones.map((phone) => openNumber(phone.id, row.userId ?? "", phone.sealed).slice(-2)).join(", ") };
}

/**
 * When each channel may be used again: after RESEND_WAIT, or when the limit that held a message back ends; absent if it may be used now. Texts and
 * calls share their limits, so a held text also holds the call.
 */
export function resendTimes({ sent, last }: Pick<ViewRow, "sent" | "last">): ChallengeView["resendAt"] {
  if (env().SEKISHO_LIMITS === "bench") return {};
  const waits = sent.map(({ channel, sends, last: at }): [Channel, number] => [channel, new Date(at).getTime() + resendWait(sends) * 1000]);
  const alike: Channel[] = last?.channel === "EMAIL" ? ["EMAIL"] : ["SMS", "VOICE"];
  const held =
    last?.until && last.status === "failed"
      ? alike.map((channel): [Channel, number] => [channel, new Date(last.until ?? 0).getTime()])
      : [];
  return Object.fromEntries([...waits, ...held].map(([channel, at]) => [methodOf(channel), new Date(at).toISOString()]));
}

/** What the browser of a challenge may know of it. */
export function viewOf(row: ViewRow): ChallengeView {
  const { offers, stopped } = offersOf(row);
  const ends = row.codeExpiresAt && row.codeExpiresAt < row.expiresAt ? row.codeExpiresAt : row.expiresAt;
  return {
    purpose: row.purpose,
    methods: offers,
    ...(stopped.length > 0 ? { stopped } : {}),
    delivery: deliveryOf(row, [...offers, ...stopped]),
    codeLength: OTP_DIGITS,
    attemptsLeft: Math.max(0, ATTEMPTS_PER_CHALLENGE - row.attempts),
    sendsLeft: sendsLeft(row.sends, row.sendsRefunded),
    resendAt: resendTimes(row),
    expiresAt: ends.toISOString(),
    serverTime: row.now.toISOString(),
  };
}

/** Whether a method proves what is expected now: a code proves the way it was last sent by; another way has to be asked for first (OTP-08). */
export const isAwaited = (row: Pick<ViewRow, "currentChannel">, method: Method): boolean =>
  method === "recovery_code" || (row.currentChannel !== null && (channelOf(method) === "EMAIL") === (row.currentChannel === "EMAIL"));
