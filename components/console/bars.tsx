export type Bar = { key: string; label: string; value: number; tone?: "good" | "plain" };

type Props = {
  id: string;
  title: string;
  /** What the bars say in one sentence. */
  sum: string;
  bars: readonly Bar[];
  words: { table: string; kind: string; count: string };
};

const ROW = 30;
const [LABEL, WIDTH] = [108, 300];

/** A small chart with its words and its table: pine is what went well, ink is everything else. */
export const Bars = ({ id, title, sum, bars, words }: Props) => {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const length = (value: number) => ((WIDTH - LABEL - 40) * value) / most;
  return (
    <section aria-labelledby={id} className="min-w-0 border-t-2 border-ink pt-3">
      <h3 id={id} className="font-sans text-[0.9375rem] font-bold tracking-normal">
        {title}
      </h3>
      <p className="text-sm text-ink-2">{sum}</p>
      <svg
        viewBox={`0 0 ${WIDTH} ${bars.length * ROW}`}
        role="img"
        aria-label={`${title}: ${bars.map(({ label, value }) => `${label} ${value}`).join(", ")}`}
        className="mt-2 h-auto w-full max-w-[24rem]"
      >
        {bars.map(({ key, label, value, tone = "plain" }, index) => (
          <g key={key} transform={`translate(0 ${index * ROW})`} className="tabular-nums">
            <text x="0" y="19" fontSize="14" className="fill-ink">
              {label}
            </text>
            <path d={`M${LABEL} 4v22`} className="stroke-edge" />
            <rect x={LABEL} y="7" width={length(value).toFixed(1)} height="16" className={tone === "good" ? "fill-matsu" : "fill-ink-2"} />
            <text x={(LABEL + length(value) + 8).toFixed(1)} y="19" fontSize="14" className="fill-ink font-bold">
              {value}
            </text>
          </g>
        ))}
      </svg>
      <details>
        <summary className="min-h-11 cursor-pointer py-2 text-sm text-ai">{words.table}</summary>
        <table className="w-full max-w-[24rem] border-t border-ink text-sm">
          <caption className="sr-only">{title}</caption>
          <thead>
            <tr className="border-b border-edge">
              <th scope="col" className="px-1 py-1.5 text-start">
                {words.kind}
              </th>
              <th scope="col" className="px-1 py-1.5 text-end">
                {words.count}
              </th>
            </tr>
          </thead>
          <tbody>
            {bars.map(({ key, label, value }) => (
              <tr key={key} className="border-b border-line">
                <th scope="row" className="px-1 py-1.5 text-start font-normal">
                  {label}
                </th>
                <td className="px-1 py-1.5 text-end tabular-nums">{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
};
