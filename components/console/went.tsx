import type { Words } from "#lib/words/ja";

type Known = { channel: "sms" | "voice" | "email"; status: "queued" | "sent" | "delivered" | "undelivered" | "failed" };

/** How far a message went: three places on a line with a cross where it stopped. The words beside it say the same. */
export function Went({ message: { channel, status }, said, words }: { message: Known; said: string; words: Words["delivery"] }) {
  const stopped = status === "undelivered" || status === "failed";
  const passed = status === "queued" ? 1 : status === "failed" ? 1 : status === "delivered" ? 3 : 2;
  const cross = status === "failed" ? 30 : 54;
  return (
    <span className="inline-flex items-baseline gap-2 whitespace-nowrap">
      <svg viewBox="0 0 60 14" aria-hidden="true" className="h-3.5 w-15 flex-none translate-y-0.5 overflow-visible">
        <path d={`M6 7H${[6, 6, 30, 54][passed] ?? 54}`} strokeWidth="2" className="stroke-matsu" />
        {passed < 3 && !stopped ? (
          <path d={`M${passed === 1 ? 10 : 34} 7H50`} strokeWidth="2" strokeDasharray="2 3" className="stroke-edge" />
        ) : null}
        {[6, 30, 54].map((x, index) =>
          stopped && x === cross ? (
            <path key={x} d={`M${x - 4.5} 2.5l9 9m0-9l-9 9`} strokeWidth="2.25" className="stroke-kohaku" />
          ) : (
            <circle
              key={x}
              cx={x}
              cy="7"
              r={index < passed ? 4.5 : 3.75}
              strokeWidth="1.75"
              className={index < passed ? "fill-matsu" : "fill-none stroke-edge"}
            />
          ),
        )}
      </svg>
      <span className="sr-only">{channel === "voice" ? words.called : words.label}: </span>
      <b className={stopped ? "text-kohaku" : status === "delivered" ? "text-matsu" : ""}>{said}</b>
    </span>
  );
}
