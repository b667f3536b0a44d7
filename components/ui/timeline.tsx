import type { ReactNode } from "react";
import type { Tone } from "#components/ui/badge";

export type Moment = {
  key: string;
  /** ISO 8601. */
  at: string;
  title: ReactNode;
  text?: ReactNode;
  tone?: Tone;
};
type Props = {
  moments: readonly Moment[];
  when: (iso: string) => string;
  label?: string;
};

const marks = {
  neutral: ["border-edge bg-surface", ""],
  good: ["border-matsu bg-matsu text-surface", "✓"],
  warn: ["border-kohaku bg-surface text-kohaku", "!"],
  danger: ["border-shu bg-surface text-shu", "×"],
} as const;

/** Events in the order of time. The text carries the meaning; mark and colour repeat it. */
export const Timeline = ({ moments, when, label }: Props) => (
  <ol aria-label={label} className="mt-3">
    {moments.map(({ key, at, title, text, tone = "neutral" }) => (
      <li key={key} className="group relative pb-5 pl-9 last:pb-0">
        <span aria-hidden="true" className="absolute top-7 bottom-0 left-2.5 border-l-2 border-dotted border-edge group-last:hidden" />
        <span
          aria-hidden="true"
          className={`absolute top-1 left-0 grid size-5.5 place-items-center rounded-full border-2 text-[0.8125rem] leading-none font-bold ${marks[tone][0]}`}
        >
          {marks[tone][1]}
        </span>
        <p className="font-bold">{title}</p>
        <p className="text-sm leading-[1.65] text-ink-2">
          <time dateTime={at}>{when(at)}</time>
        </p>
        {text ? <div className="mt-1 text-[0.9375rem]">{text}</div> : null}
      </li>
    ))}
  </ol>
);
