import type { ChallengeView } from "#lib/challenges/challenge";
import type { Words } from "#lib/words/ja";

export type Delivery = NonNullable<ChallengeView["delivery"]>;
type Station = { label: string; state: "done" | "now" | "todo" | "stopped" };
type DeliveryWords = Words["delivery"];

const unreachable = new Set(["not_reachable", "invalid_number"]);

/** The stations a message has passed, from its stored status alone. */
export function stationsOf({ method, status, reason }: Pick<Delivery, "method" | "status" | "reason">, words: DeliveryWords): Station[] {
  const [first, second, third] =
    method === "voice" ? [words.queued, words.called, words.answered] : [words.queued, words.sent, words.delivered];
  const stopped = reason && unreachable.has(reason) ? words.unreachable : words.refused;
  const accepted: Station = { label: first, state: "done" };
  const went: Station = { label: second, state: "done" };
  if (status === "queued") return [accepted, { label: second, state: "now" }, { label: third, state: "todo" }];
  if (status === "sent") return [accepted, went, { label: third, state: "now" }];
  if (status === "delivered") return [accepted, went, { label: third, state: "done" }];
  if (status === "undelivered") return [accepted, went, { label: stopped, state: "stopped" }];
  return [accepted, { label: words.failed, state: "stopped" }, { label: third, state: "todo" }];
}

/** 受付 → 送信 → 到着: the delivery line. */
export const DeliveryLine = ({ delivery, words }: { delivery: Pick<Delivery, "method" | "status" | "reason">; words: DeliveryWords }) => (
  <ol className="road" aria-label={words.label}>
    {stationsOf(delivery, words).map((station) => (
      <li key={station.label} data-state={station.state} aria-current={station.state === "now" ? "step" : undefined}>
        {station.label}
      </li>
    ))}
  </ol>
);
