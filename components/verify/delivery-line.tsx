import type { ChallengeView } from "#lib/challenges/challenge";
import type { Words } from "#lib/words/ja";

export type DeliveryLine = NonNullable<ChallengeView["delivery"]>;
export type Station = { label: string; state: "done" | "now" | "todo" | "stopped" };
type DeliveryWords = Words["delivery"];
export type Known = Pick<DeliveryLine, "method" | "status" | "reason">;

const refusals = new Set(["refused_by_subscriber", "opted_out", "country_blocked", "rejected"]);

function stoppedLabel({ method, reason = "unknown" }: Known, words: DeliveryWords): string {
  if (reason === "not_reachable") return method === "voice" ? words.unanswered : words.unreachable;
  return refusals.has(reason) ? words.refused : words.undelivered;
}

/** Returns the stations of a message, derived from its stored status alone. */
export function stationsOf(known: Known, words: DeliveryWords): Station[] {
  const { method, status } = known;
  const [first, second, third] =
    method === "voice" ? [words.queued, words.called, words.answered] : [words.queued, words.sent, words.delivered];
  const accepted: Station = { label: first, state: "done" };
  const went: Station = { label: second, state: "done" };
  if (status === "queued") return [accepted, { label: second, state: "now" }, { label: third, state: "todo" }];
  if (status === "sent") return [accepted, went, { label: third, state: "now" }];
  if (status === "delivered") return [accepted, went, { label: third, state: "done" }];
  if (status === "undelivered") return [accepted, went, { label: stoppedLabel(known, words), state: "stopped" }];
  return [accepted, { label: words.failed, state: "stopped" }, { label: third, state: "todo" }];
}

/** The delivery line: accepted, sent, delivered (受付 → 送信 → 到着). */
export const DeliveryStations = ({ delivery, words }: { delivery: Known; words: DeliveryWords }) => (
  <ol className="road" aria-label={words.label}>
    {stationsOf(delivery, words).map((station) => (
      <li key={station.label} data-state={station.state} aria-current={station.state === "now" ? "step" : undefined}>
        {station.label}
        {station.state === "done" ? <span className="sr-only">{words.done}</span> : null}
      </li>
    ))}
  </ol>
);
