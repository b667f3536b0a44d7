import { wallClock } from "#components/verify/clock";
import { type Delivery, DeliveryLine } from "#components/verify/delivery-line";
import { stopped } from "#lib/challenges/next-way";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Props = { delivery: Delivery; locale: string; words: Words["delivery"]; reasons: Words["deliveryReasons"] };

/** What the stored status means for the person who waits. */
export function sentenceOf(delivery: Delivery, words: Words["delivery"], reasons: Words["deliveryReasons"]): string {
  const { method, status, reason = "unknown", until } = delivery;
  if (until && status === "failed") return reason === "budget_spent" ? words.saysHeldForAll : words.saysHeld;
  if (until && !stopped(delivery)) return words.saysSame;
  if (stopped(delivery)) return `${words.saysStopped}${reasons[reason]}`;
  if (status === "queued") return words.saysQueued;
  if (status === "sent") return method === "voice" ? words.saysCalling : words.saysSent;
  return method === "voice" ? words.saysAnswered : words.saysDelivered;
}

/** The delivery line, what it means, since when it is so, and the number to expect it from. */
export function DeliveryStatus({ delivery, locale, words, reasons }: Props) {
  const { method, at, sender, until } = delivery;
  const says = sentenceOf(delivery, words, reasons);
  return (
    <div>
      <DeliveryLine delivery={delivery} words={words} />
      <div aria-live="polite">
        <p className={stopped(delivery) ? "note" : "delivery-says"} key={says}>
          {says}
        </p>
      </div>
      <p className="delivery-facts">
        <span>{fill(words.at, { time: wallClock(at, locale, true) })}</span>
        {until ? <span>{fill(words.heldUntil, { time: wallClock(until, locale) })}</span> : null}
        {sender ? <span>{fill(method === "voice" ? words.caller : words.sender, { sender })}</span> : null}
      </p>
    </div>
  );
}
