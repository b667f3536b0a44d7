import { type ChallengeView, type MethodOffer, sendsLeft } from "#lib/challenges/challenge";
import type { Purpose, Subject, Way } from "#lib/challenges/port";
import { OTP_DIGITS } from "#lib/crypto/codes";
import type { Channel, DeliveryStatus, Purpose as PurposeName } from "#lib/db/generated/enums";
import { env } from "#lib/env";
import type { DeliveryError } from "#lib/errors";
import { GUESSES_PER_CHALLENGE, resendWait } from "#lib/limits/policy";
import { channelOf, type Method, methodOf } from "#lib/methods";
import { serviceNow } from "#lib/policy/service";

/** The message of a challenge that was queued last. */
type Last = {
  channel: Channel;
  authenticatorId: string | null;
  status: DeliveryStatus;
  reason: DeliveryError | null;
  statusAt: string | Date;
  /** When it, or a further mail after it, may be sent; null if no limit applies. */
  until: string | Date | null;
  sender: string | null;
};

/** What the view of a challenge is made of. */
export type ViewRow = Subject & {
  purpose: PurposeName;
  attempts: number;
  sends: number;
  sendsRefunded: number;
  currentChannel: Channel | null;
  expiresAt: Date;
  now: Date;
  codeExpiresAt: Date | null;
  /** By channel: the sends, without those that were held back, and what was asked for, whatever became of it. */
  sent: { channel: Channel; sends: number; last: string | Date | null; asked: number; askedAt: string | Date }[];
  last: Last | null;
};

/** A way as the API shows it: an authenticator is named where its method is a phone's. */
const offerOf = ({ method, authenticatorId, hint }: Way): MethodOffer => ({
  method,
  ...(authenticatorId !== null && channelOf(method) ? { phoneId: authenticatorId } : {}),
  ...(hint ? { hint: hint() } : {}),
});

function deliveryOf({ last, sent, hint: typed }: ViewRow, offers: MethodOffer[], discreet: boolean): ChallengeView["delivery"] {
  if (!last) return null;
  // The same for every identifier, with the time of the request: it reveals neither the address nor the state of its mail (EN-01).
  if (discreet)
    return {
      method: methodOf(last.channel),
      hint: typed ?? "",
      status: "sent",
      at: new Date(sent[0]?.askedAt ?? last.statusAt).toISOString(),
    };
  const method = methodOf(last.channel);
  const hint = offers.find((offer) => offer.method === method && (offer.phoneId ?? null) === last.authenticatorId)?.hint ?? "";
  // The announced number is for texts; a call shows the number of its provider account, or none.
  const sender = last.sender ?? (method === "sms" ? serviceNow().senderNumber : null);
  return {
    method,
    ...(last.authenticatorId ? { phoneId: last.authenticatorId } : {}),
    hint,
    status: last.status,
    ...(last.reason ? { reason: last.reason } : {}),
    ...(last.until ? { until: new Date(last.until).toISOString() } : {}),
    at: new Date(last.statusAt).toISOString(),
    ...(sender ? { sender } : {}),
  };
}

/**
 * When each channel may be used again; absent means now. Texts and calls share limits, so a limit that holds one holds both. A discreet page counts
 * what was asked for: what became of it would tell whether there is an account (EN-01).
 */
export function resendTimes(
  { discreet }: Pick<Purpose, "discreet">,
  { step, sent, last }: Pick<ViewRow, "step" | "sent" | "last">,
): ChallengeView["resendAt"] {
  if (env().SEKISHO_LIMITS === "bench") return {};
  const after = (times: number, at: string | Date) => new Date(at).getTime() + resendWait(times) * 1000;
  if (discreet?.(step)) return timesOf(sent.map(({ channel, asked, askedAt }) => [channel, after(asked, askedAt)]));
  const waits = sent.flatMap(({ channel, sends, last: at }): [Channel, number][] => (at ? [[channel, after(sends, at)]] : []));
  const alike: Channel[] = last?.channel === "EMAIL" ? ["EMAIL"] : ["SMS", "VOICE"];
  const held =
    last?.until && last.status === "failed"
      ? alike.map((channel): [Channel, number] => [channel, new Date(last.until ?? 0).getTime()])
      : [];
  return timesOf([...waits, ...held]);
}

const timesOf = (times: [Channel, number][]): ChallengeView["resendAt"] =>
  Object.fromEntries(times.map(([channel, at]) => [methodOf(channel), new Date(at).toISOString()]));

/** Sends that a challenge has left; where the account may not exist, none is given back, because that would reveal the state of its mail (EN-01). */
export const sendsLeftOf = ({ discreet }: Pick<Purpose, "discreet">, row: Pick<ViewRow, "step" | "sends" | "sendsRefunded">): number =>
  sendsLeft(row.sends, discreet?.(row.step) ? 0 : row.sendsRefunded);

/** What the browser of a challenge may know of it. */
export function viewOf(purpose: Pick<Purpose, "ways" | "codeLength" | "discreet" | "steps">, row: ViewRow): ChallengeView {
  const ways = purpose.ways(row);
  const offers = ways.filter((way) => !way.stopped).map(offerOf);
  const stopped = ways.filter((way) => way.stopped).map(offerOf);
  // The state of the previous step is hidden: this step has sent nothing yet.
  const earlier = row.step > 1 && row.last !== null && !ways.some(({ method }) => channelOf(method) === row.last?.channel);
  const ends = row.codeExpiresAt && row.codeExpiresAt < row.expiresAt ? row.codeExpiresAt : row.expiresAt;
  return {
    purpose: row.purpose,
    methods: offers,
    ...(stopped.length > 0 ? { stopped } : {}),
    delivery: earlier ? null : deliveryOf(row, [...offers, ...stopped], purpose.discreet?.(row.step) ?? false),
    codeLength: purpose.codeLength?.(row.step) ?? OTP_DIGITS,
    attemptsLeft: Math.max(0, GUESSES_PER_CHALLENGE - row.attempts),
    sendsLeft: sendsLeftOf(purpose, row),
    resendAt: resendTimes(purpose, row),
    expiresAt: ends.toISOString(),
    serverTime: row.now.toISOString(),
    ...(purpose.steps === undefined ? {} : { step: row.step }),
    ...(row.action === null ? {} : { action: row.asked ?? { act: row.action } }),
  };
}

/** Whether a method proves what is expected now: a code proves the way it was last sent by; another way has to be asked for first (OTP-08). */
export const isAwaited = (row: Pick<ViewRow, "currentChannel">, method: Method): boolean =>
  channelOf(method) === null || (row.currentChannel !== null && (channelOf(method) === "EMAIL") === (row.currentChannel === "EMAIL"));
