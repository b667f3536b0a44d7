import { type Known, stationsOf } from "#components/verify/delivery-line";
import type { Words } from "#lib/words/ja";

type Props = { delivery: Known; words: Words["delivery"] };

/** Where the marks stand. */
const MARKS = [7, 30, 53];

/** The delivery line in a row of the log: marks and line, and the word for the place that was reached. × stands where it stopped. */
export function MiniRoad({ delivery, words }: Props) {
  const stations = stationsOf(delivery, words);
  const stop = stations.findIndex(({ state }) => state === "stopped");
  const reached = stop >= 0 ? stop : stations.findLastIndex(({ state }) => state === "done");
  const tone = stop >= 0 ? "text-kohaku" : delivery.status === "delivered" ? "text-matsu" : "text-ink";
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      <svg viewBox="0 0 60 14" className="h-3.5 w-15 flex-none overflow-visible" aria-hidden="true">
        {MARKS.slice(0, 2).map((at, index) => (
          <line
            key={at}
            x1={at + 5}
            x2={at + 18}
            y1="7"
            y2="7"
            strokeWidth="2"
            strokeDasharray={index < reached ? undefined : "2 2"}
            className={index < reached ? "stroke-matsu" : "stroke-edge"}
          />
        ))}
        {MARKS.map((at, index) =>
          stations[index]?.state === "stopped" ? (
            <path key={at} d={`M${at - 4} 3l8 8m0-8l-8 8`} strokeWidth="2.5" className="stroke-kohaku" />
          ) : (
            <circle
              key={at}
              cx={at}
              cy="7"
              r="4"
              strokeWidth="2"
              className={
                { done: "fill-matsu stroke-matsu", now: "fill-surface stroke-matsu", todo: "fill-surface stroke-edge", stopped: "" }[
                  stations[index]?.state ?? "todo"
                ]
              }
            />
          ),
        )}
      </svg>
      <b className={tone}>{stations[reached]?.label}</b>
    </span>
  );
}
