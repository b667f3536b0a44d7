import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Props = { hours: number; passedHours: number; start: string; end: string; words: Words["lostPhone"] };

const [LEFT, RIGHT] = [8, 432];

/** How much of a wait has passed, drawn to scale; its name and the times below say the same. */
export function WaitBar({ hours, passedHours, start, end, words }: Props) {
  const share = Math.min(1, Math.max(0, passedHours / hours));
  const now = LEFT + (RIGHT - LEFT) * share;
  return (
    <div className="mt-4">
      <svg viewBox="0 0 440 24" role="img" aria-labelledby="wait-bar" className="block w-full overflow-visible">
        <title id="wait-bar">{fill(words.barLabel, { hours, passed: Math.floor(passedHours) })}</title>
        <path d={`M${LEFT} 12H${RIGHT}`} className="stroke-edge" strokeWidth="2" strokeDasharray="2 4" />
        <path d={`M${LEFT} 12H${now}`} className="stroke-matsu" strokeWidth="5" />
        <path d={`M${LEFT} 5v14M${RIGHT} 5v14`} className="stroke-ink" strokeWidth="1.5" />
        <circle cx={now} cy="12" r="8" className="fill-surface stroke-matsu" strokeWidth="3" />
      </svg>
      <p className="hint flex flex-wrap justify-between gap-x-4">
        <span>{start}</span>
        <span>{end}</span>
      </p>
    </div>
  );
}
