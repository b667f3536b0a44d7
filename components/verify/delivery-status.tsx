import { type Delivery, DeliveryLine } from "#components/verify/delivery-line";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

/** Seconds without a receipt after which the person is told so. */
const LATE = 15;

type Props = { delivery: Delivery; now: number; canCall: boolean; words: Words["delivery"]; reasons: Words["deliveryReasons"] };

function sentence({ method, status }: Delivery, words: Words["delivery"]): string {
  if (status === "queued") return words.saysQueued;
  if (status === "sent") return method === "voice" ? words.saysCalling : words.saysSent;
  if (status === "delivered") return method === "voice" ? words.saysAnswered : words.saysDelivered;
  return "";
}

/** The delivery line, what it means, and what to do when the message does not arrive. */
export function DeliveryStatus({ delivery, now, canCall, words, reasons }: Props) {
  const waited = Math.floor((now - Date.parse(delivery.at)) / 1000);
  const stopped = delivery.status === "undelivered" || delivery.status === "failed";
  const late = !stopped && delivery.status !== "delivered" && waited >= LATE;
  const tryVoice = canCall && delivery.method === "sms" && late ? words.tryVoice : "";
  return (
    <div>
      <DeliveryLine delivery={delivery} words={words} />
      <div aria-live="polite">
        {stopped ? (
          <p className="note">{reasons[delivery.reason ?? "unknown"]}</p>
        ) : (
          <p className="delivery-says">{sentence(delivery, words)}</p>
        )}
      </div>
      {late ? (
        <p className="note">
          {fill(delivery.method === "email" ? words.lateEmail : words.late, { seconds: waited })}
          {tryVoice}
        </p>
      ) : null}
    </div>
  );
}
