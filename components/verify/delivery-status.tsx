import { wallClock } from "#components/verify/clock";
import { type DeliveryLine, DeliveryStations } from "#components/verify/delivery-line";
import { stopped } from "#lib/challenges/next-way";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";
import { type ReasonWords, reasonOf } from "#lib/words/reason";

type StatusWords = Pick<Words, "delivery"> & ReasonWords;
type Props = { delivery: DeliveryLine; calls: boolean; locale: string; words: StatusWords };

/** Returns the sentence for a stored status; `calls`: whether this challenge offers a call. */
function sentenceOf(delivery: DeliveryLine, calls: boolean, { delivery: words, ...reasons }: StatusWords): string {
  const { status, reason = "unknown", until } = delivery;
  const voice = delivery.method === "voice";
  if (until && status === "failed") return reason === "budget_spent" ? words.saysHeldForAll : words.saysHeld;
  if (until && !stopped(delivery)) return words.saysSame;
  if (stopped(delivery)) return `${voice ? words.saysStoppedVoice : words.saysStopped}${reasonOf(reason, { voice, calls }, reasons)}`;
  if (status === "queued") return voice ? words.saysQueuedVoice : words.saysQueued;
  if (status === "sent") return voice ? words.saysCalling : words.saysSent;
  return voice ? words.saysAnswered : words.saysDelivered;
}

/** The delivery line with its explanation, the time of the last change, and the expected sender. */
export function DeliveryStatus({ delivery, calls, locale, words: all }: Props) {
  const { method, at, sender, until } = delivery;
  const words = all.delivery;
  const says = sentenceOf(delivery, calls, all);
  return (
    <div>
      <DeliveryStations delivery={delivery} words={words} />
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
