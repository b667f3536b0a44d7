type Props = {
  /** The whole wait. */
  hours: number;
  /** How much of it has passed; null before it begins. */
  passed: number | null;
  label: string;
  /** `{hours}` of a mark. */
  hour: (hours: number) => string;
};

const [LEFT, RIGHT] = [8, 432];

/** At most four marks, whole days where the wait is of whole days. */
function marksOf(hours: number): number[] {
  const days = hours / 24;
  const step = Number.isInteger(days) && days <= 4 ? 24 : hours / 3;
  return Array.from({ length: Math.round(hours / step) + 1 }, (_, index) => Math.round(index * step));
}

/** The wait drawn to scale: what has passed is solid, what is left is dotted. */
export const WaitScale = ({ hours, passed, label, hour }: Props) => {
  const at = (some: number) => LEFT + ((RIGHT - LEFT) * Math.min(Math.max(some, 0), hours)) / hours;
  const marks = marksOf(hours);
  return (
    <svg viewBox="0 0 440 58" role="img" aria-label={label} className="h-auto w-full max-w-[34rem]">
      <path d={`M${LEFT} 20H${RIGHT}`} className="stroke-edge" strokeWidth="2" strokeDasharray="2 4" />
      {passed === null ? null : <path d={`M${LEFT} 20H${at(passed).toFixed(1)}`} className="stroke-matsu" strokeWidth="4" />}
      {marks.map((mark) => (
        <g key={mark}>
          <path d={`M${at(mark).toFixed(1)} 13v14`} className="stroke-ink" strokeWidth="1.5" />
          <text
            x={at(mark).toFixed(1)}
            y="47"
            fontSize="15"
            className="fill-ink"
            textAnchor={mark === 0 ? "start" : mark === hours ? "end" : "middle"}
          >
            {hour(mark)}
          </text>
        </g>
      ))}
      {passed === null ? null : <circle cx={at(passed).toFixed(1)} cy="20" r="6" className="fill-matsu stroke-surface" strokeWidth="2" />}
    </svg>
  );
};
