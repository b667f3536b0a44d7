import type { ReactNode } from "react";

type Props = {
  facts: { label: string; value: ReactNode }[];
  /** The label above its value at every width, for values that are sentences. */
  stacked?: boolean;
  className?: string;
};

/** Names and values of one thing, a line each. In a narrow container the name stands above its value. */
export const Facts = ({ facts, stacked = false, className = "" }: Props) => (
  <div className={`@container ${className}`}>
    <dl className="border-t border-line">
      {facts.map(({ label, value }) => (
        <div
          key={label}
          className={`border-b border-line py-2.5 last:border-b-0 ${stacked ? "" : "@[28rem]:grid @[28rem]:grid-cols-[minmax(7.5rem,13rem)_1fr] @[28rem]:gap-4"}`}
        >
          <dt className={stacked ? "font-bold" : "text-[0.9375rem] font-bold"}>{label}</dt>
          <dd className={stacked ? "text-[0.9375rem] text-ink-2" : "tabular-nums"}>{value}</dd>
        </div>
      ))}
    </dl>
  </div>
);
