import type { ReactNode } from "react";

/** One stop of a road. */
export type Stop = { key: string; title: ReactNode; text?: ReactNode; state: "done" | "now" | "todo" | "stopped" };

type Props = {
  stops: readonly Stop[];
  label: string;
  /** Read after a stop that is passed, and after the one where it ended. */
  past: string;
  stopped: string;
};

const marks = {
  done: ["border-matsu bg-matsu text-surface", "✓"],
  now: ["border-matsu bg-surface ring-4 ring-matsu/25", ""],
  todo: ["border-edge bg-surface", ""],
  stopped: ["border-kohaku bg-surface text-kohaku", "×"],
} as const;

const words = { done: "font-bold", now: "font-bold", todo: "text-ink-2", stopped: "font-bold text-kohaku" };

/** What a case passes on its way: from top to bottom in a narrow room, on one line in a wide one. */
export const Road = ({ stops, label, past, stopped }: Props) => (
  <div className="@container">
    <ol aria-label={label} className="mt-5 grid gap-y-3 @[44rem]:auto-cols-fr @[44rem]:grid-flow-col @[44rem]:text-center">
      {stops.map(({ key, title, text, state }) => (
        <li
          key={key}
          data-state={state}
          aria-current={state === "now" ? "step" : undefined}
          className={`group relative pl-9 text-[0.9375rem] leading-normal @[44rem]:px-1 @[44rem]:pt-8 ${words[state]}`}
        >
          <span
            aria-hidden="true"
            className={`absolute top-6 -bottom-3 left-2.5 border-l-2 group-last:hidden @[44rem]:top-2.5 @[44rem]:bottom-auto @[44rem]:left-[calc(50%+0.75rem)] @[44rem]:w-[calc(100%-1.5rem)] @[44rem]:border-t-2 @[44rem]:border-l-0 ${state === "done" ? "border-matsu" : "border-dotted border-edge"}`}
          />
          <span
            aria-hidden="true"
            className={`absolute top-0.5 left-0 grid size-5.5 place-items-center rounded-full border-2 text-[0.8125rem] leading-none font-bold @[44rem]:top-0 @[44rem]:left-[calc(50%-0.6875rem)] ${marks[state][0]}`}
          >
            {marks[state][1]}
          </span>
          {title}
          {state === "done" || state === "stopped" ? <span className="sr-only">（{state === "done" ? past : stopped}）</span> : null}
          {text ? <span className="block text-sm font-normal text-ink-2">{text}</span> : null}
        </li>
      ))}
    </ol>
  </div>
);
