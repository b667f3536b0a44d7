import type { ReactNode } from "react";

/** One day of a chart: what the table says of it, and its height; null where there was nothing to measure. */
export type Day = { key: string; label: string; value: number | null; said: string };

type CardProps = {
  id: string;
  title: string;
  figure: string;
  note: string;
  /** The chart; its table is below it. */
  children: ReactNode;
  table: { summary: string; head: readonly [string, string]; rows: readonly { key: string; name: string; said: string }[] };
};

/** A chart on a card of its own: its figure in words first, then the picture, then the numbers as a table. */
export const ChartCard = ({ id, title, figure, note, children, table }: CardProps) => (
  <section aria-labelledby={id} className="min-w-0 rounded-[0.625rem] border border-line bg-surface px-4.5 pt-4 pb-1">
    <h3 id={id} className="text-base">
      {title}
    </h3>
    <p className="flex flex-wrap items-baseline gap-x-3">
      <b className="font-mincho text-[1.75rem] leading-[1.3] font-bold tabular-nums">{figure}</b>
      <span className="text-[0.8125rem] text-ink-2">{note}</span>
    </p>
    {children}
    <details className="mt-1 border-t border-dotted border-line text-sm">
      <summary className="min-h-11 cursor-pointer py-2 text-ai">{table.summary}</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section tabIndex={0} aria-labelledby={id} data-scrolls className="mb-3 max-h-60 overflow-y-auto">
        <table className="w-full border-t-2 border-ink text-[0.8125rem]">
          <thead>
            <tr className="border-b border-edge text-ink-2">
              <th scope="col" className="px-1 py-1 text-start">
                {table.head[0]}
              </th>
              <th scope="col" className="px-1 py-1 text-end">
                {table.head[1]}
              </th>
            </tr>
          </thead>
          <tbody>
            {table.rows.map(({ key, name, said }) => (
              <tr key={key} className="border-b border-line">
                <th scope="row" className="px-1 py-0.5 text-start font-normal">
                  {name}
                </th>
                <td className="px-1 py-0.5 text-end tabular-nums">{said}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  </section>
);

const [WIDTH, BASE, TOP] = [300, 72, 12];

const placeOf = (index: number, days: number) => ((index + 0.5) * WIDTH) / days;

/** The first and the last day under the axis. */
const Ends = ({ days }: { days: readonly Day[] }) => (
  <>
    <path d={`M0 ${BASE + 0.5}h${WIDTH}`} className="stroke-edge" />
    <text x="0" y={BASE + 16} fontSize="12" className="fill-ink-2">
      {days[0]?.label}
    </text>
    <text x={WIDTH} y={BASE + 16} fontSize="12" textAnchor="end" className="fill-ink font-bold">
      {days.at(-1)?.label}
    </text>
  </>
);

type ChartProps = { days: readonly Day[]; label: string };

/** A bar for each day; the last one is dashed, because its day is not over. */
export function DayBars({ days, label }: ChartProps) {
  const most = Math.max(1, ...days.map(({ value }) => value ?? 0));
  const width = (WIDTH / Math.max(1, days.length)) * 0.66;
  return (
    <svg viewBox={`0 0 ${WIDTH} 92`} role="img" aria-label={label} className="mt-2 block h-auto w-full overflow-visible">
      {days.map(({ key, value }, index) => {
        const height = ((BASE - TOP) * (value ?? 0)) / most;
        const last = index === days.length - 1;
        return (
          <rect
            key={key}
            x={(placeOf(index, days.length) - width / 2).toFixed(1)}
            y={(BASE - height).toFixed(1)}
            width={width.toFixed(1)}
            height={height.toFixed(1)}
            className={last ? "fill-surface stroke-edge" : "fill-edge"}
            strokeDasharray={last ? "3 2" : undefined}
          />
        );
      })}
      <Ends days={days} />
    </svg>
  );
}

/** Parts of a hundred as a line over the days; days without a value are left out. */
export function DayLine({ days, label }: ChartProps) {
  const known = days.flatMap(({ value }, index) => (value === null ? [] : [{ x: placeOf(index, days.length), value }]));
  const least = Math.min(80, ...known.map(({ value }) => value));
  const y = (value: number) => BASE - ((BASE - TOP) * (value - least)) / Math.max(1, 100 - least);
  const points = known.map(({ x, value }) => `${x.toFixed(1)} ${y(value).toFixed(1)}`);
  const [lastX, lastY] = points.at(-1)?.split(" ") ?? [];
  return (
    <svg viewBox={`0 0 ${WIDTH} 92`} role="img" aria-label={label} className="mt-2 block h-auto w-full overflow-visible">
      <path d={`M0 ${TOP}h${WIDTH}`} className="stroke-line" strokeDasharray="2 3" />
      <text x="0" y={TOP - 3} fontSize="12" className="fill-ink-2">
        100%
      </text>
      {points.length > 1 ? <path d={`M${points.join("L")}`} fill="none" strokeWidth="2" className="stroke-ink" /> : null}
      {lastX ? <circle cx={lastX} cy={lastY} r="3.5" className="fill-ink" /> : null}
      <Ends days={days} />
    </svg>
  );
}

/** Shares of a whole in one bar, each with its name. */
export function ShareBar({ parts, label }: { parts: readonly { key: string; name: string; percent: number }[]; label: string }) {
  const looks = ["fill-edge", "fill-ink", "fill-surface stroke-edge", "fill-line stroke-edge"];
  let from = 0;
  const placed = parts.map((part, index) => {
    const x = from;
    from += (part.percent * WIDTH) / 100;
    return { ...part, x, width: Math.max(0, (part.percent * WIDTH) / 100 - 2), look: looks[index % looks.length] };
  });
  return (
    <svg viewBox={`0 0 ${WIDTH} 92`} role="img" aria-label={label} className="mt-2 block h-auto w-full overflow-visible">
      {placed.map(({ key, x, width, look }) => (
        <rect key={key} x={x.toFixed(1)} y="8" width={width.toFixed(1)} height="26" className={look} />
      ))}
      {placed.map(({ key, name, percent, look }, index) => (
        <g key={key} transform={`translate(${(index % 2) * (WIDTH / 2)} ${52 + Math.floor(index / 2) * 20})`}>
          <rect width="12" height="12" y="-10" className={look} />
          <text x="18" fontSize="12" className="fill-ink">
            {name} {percent}%
          </text>
        </g>
      ))}
    </svg>
  );
}
