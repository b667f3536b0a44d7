import type { ChallengeView, MethodOffer } from "#lib/challenges/challenge";
import { channelOf } from "#lib/methods";

/** Pure: chooses the way to try next, from the known outcome of the challenge's last message. */

type Delivery = NonNullable<ChallengeView["delivery"]>;
type View = Pick<ChallengeView, "methods" | "delivery" | "sendsLeft" | "resendAt">;

/** Seconds without a receipt after which another way is offered. */
export const LATE_SECONDS = 20;

/** Whether the network or a provider ended the message. */
export const stopped = ({ status }: Pick<Delivery, "status">): boolean => status === "undelivered" || status === "failed";

/** Whole seconds since the last known state of a message, on the server's time in milliseconds. */
export const secondsSince = ({ at }: Pick<Delivery, "at">, now: number): number => Math.max(0, Math.floor((now - Date.parse(at)) / 1000));

/** Whether a message has been on its way without a receipt for too long. */
export const late = (delivery: Delivery, now: number): boolean =>
  (delivery.status === "queued" || delivery.status === "sent") && secondsSince(delivery, now) >= LATE_SECONDS;

/** How a way relates to the message that failed: by text or call to the same phone, to another one, again, or without a phone. */
type Kind = "call" | "text" | "other" | "unsent" | "again";

function kindOf(offer: MethodOffer, delivery: Delivery): Kind {
  if (channelOf(offer.method) === null) return "unsent";
  if (offer.phoneId !== delivery.phoneId) return "other";
  if (offer.method === delivery.method) return "again";
  return offer.method === "voice" ? "call" : "text";
}

/**
 * Returns the kinds of ways to recommend, the best first. Kinds that would fail for the same reason are left out.
 */
function orderOf(delivery: Delivery, callTried: boolean): readonly Kind[] {
  const { reason = "unknown", method } = delivery;
  if (method === "voice" && reason === "not_reachable") return ["text", "other", "again", "unsent"];
  if (reason === "not_reachable" || reason === "invalid_number") return ["other", "unsent", "call", "text", "again"];
  // A taken-over number receives calls as well as texts.
  if (reason === "number_at_risk" || reason === "number_recycled") return ["other", "unsent"];
  // Forwarding applies to calls alone.
  if (reason === "call_forwarded") return ["text", "other", "unsent"];
  // The same address would be rejected again, so the person enters another one at sign-up.
  if (reason === "address_refused") return [];
  if (reason === "country_blocked") return ["other", "unsent", "call", "text", "again"];
  // A stopped method is not in the view, so a method to retry means that sending has started again.
  if (reason === "sending_stopped") return ["again", "call", "text", "other", "unsent"];
  if (reason === "throttled" || reason === "budget_spent") return ["unsent", "other", "call", "text", "again"];
  if (reason === "provider_down" && (callTried || method === "voice")) return ["unsent", "other"];
  return ["call", "text", "other", "unsent", "again"];
}

/** The ways that can be used now: nothing is sent any more once the sends are spent. */
export const openWays = ({ methods, sendsLeft }: View): MethodOffer[] =>
  methods.filter((offer) => channelOf(offer.method) === null || sendsLeft > 0);

/**
 * Returns the recommended way, if any, and the others in their order. A failed message recommends a way that avoids its reason, a late text
 * the call to its phone.
 */
export function nextWays(view: View, now: number): { first: MethodOffer | null; rest: MethodOffer[] } {
  const ways = openWays(view);
  const { delivery } = view;
  if (!delivery) return { first: null, rest: ways };
  if (stopped(delivery)) {
    const order = orderOf(delivery, view.resendAt.voice !== undefined);
    const place = (offer: MethodOffer) => {
      const at = order.indexOf(kindOf(offer, delivery));
      return at < 0 ? order.length : at;
    };
    const [best, ...others] = [...ways].sort((a, b) => place(a) - place(b));
    return best && place(best) < order.length ? { first: best, rest: others } : { first: null, rest: ways };
  }
  const call = late(delivery, now) && delivery.method === "sms" ? ways.find((offer) => kindOf(offer, delivery) === "call") : undefined;
  return call ? { first: call, rest: ways.filter((offer) => offer !== call) } : { first: null, rest: ways };
}
