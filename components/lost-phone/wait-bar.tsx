import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Props = { hours: number; passedHours: number; start: string; end: string; words: Words["lostPhone"] };

const [LEFT, RIGHT] = [8, 432];

/** How much of a wait has passed, drawn to scale; the sentence beside it says the same. */
export function WaitBar({ hours, passedHours, start, end, words }: Props) {
  const share = Math.min(1, Math.max(0, passedHours / hours));
  const now = LEFT + (RIGHT - LEFT) * share;
  return (
    <div className="mt-4">
      <svg viewBox="0 0 440 56" role="img" aria-labelledby="wait-bar" className="block w-full overflow-visible text-ink">
        <title id="wait-bar">{fill(words.barLabel, { hours, passed: Math.floor(passedHours) })}</title>
        <path d={`M${LEFT} 26H${RIGHT}`} className="stroke-edge" strokeWidth="2" strokeDasharray="2 4" />
        <path d={`M${LEFT} 26H${now}`} className="stroke-matsu" strokeWidth="5" />
        <path d={`M${LEFT} 19v14M${RIGHT} 19v14`} className="stroke-ink" strokeWidth="1.5" />
        <circle cx={now} cy="26" r="8" className="fill-surface stroke-matsu" strokeWidth="3" />
        <text x={Math.min(412, Math.max(24, now))} y="11" textAnchor="middle" className="fill-ink text-[0.8125rem] font-bold">
          {words.barNow}
        </text>
        <text x={LEFT} y="52" className="fill-ink-2 text-[0.8125rem]">
          {words.barStart}
        </text>
        <text x={RIGHT} y="52" textAnchor="end" className="fill-ink-2 text-[0.8125rem]">
          {fill(words.barEnd, { hours })}
        </text>
      </svg>
      <p className="hint flex flex-wrap justify-between gap-x-4">
        <span>{start}</span>
        <span>{end}</span>
      </p>
    </div>
  );
}
