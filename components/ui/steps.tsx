import type { ReactNode } from "react";

export type Step = { key: string; title: ReactNode; text?: ReactNode; state?: "done" | "now" | "todo" };
type Props = {
  steps: readonly Step[];
  /** Read out after a completed step; without it the steps have numbers and no state. */
  done?: string;
  label?: string;
  level?: 2 | 3 | 4;
};

const marks = {
  done: "border-matsu bg-matsu text-surface",
  now: "border-ink bg-ink text-paper",
  todo: "border-edge text-ink-2",
  none: "border-edge",
};

/** What is done one after the other, from top to bottom. */
export function Steps({ steps, done, label, level = 3 }: Props) {
  const Heading = `h${level}` as const;
  return (
    <ol aria-label={label} className="mt-3">
      {steps.map(({ key, title, text, state }, index) => (
        <li key={key} aria-current={state === "now" ? "step" : undefined} className="relative py-2.5 pl-11">
          <span
            aria-hidden="true"
            className={`absolute top-[0.6875rem] left-0 grid size-7.5 place-items-center rounded-full border font-mincho leading-none font-bold ${marks[state ?? "none"]}`}
          >
            {state === "done" ? "✓" : index + 1}
          </span>
          <Heading className={`font-sans leading-[1.75] font-bold tracking-normal ${state === "todo" ? "text-ink-2" : ""}`}>
            {title}
            {state === "done" ? <span className="sr-only">{done}</span> : null}
          </Heading>
          {text ? <div className="text-[0.9375rem] text-ink-2">{text}</div> : null}
        </li>
      ))}
    </ol>
  );
}

/** The same on one line above a form: where the reader is, and how much is left. */
export const StepLine = ({ steps, done, label }: Omit<Props, "level">) => (
  <nav aria-label={label} className="mb-5 print:hidden">
    <ol className="flex gap-1.5">
      {steps.map(({ key, title, state }) => (
        <li
          key={key}
          aria-current={state === "now" ? "step" : undefined}
          className={`flex-auto border-t-[3px] pt-2 text-[0.8125rem] leading-[1.4] wrap-normal ${state === "now" ? "border-ink font-bold" : state === "done" ? "border-matsu text-ink-2" : "border-line text-ink-2"}`}
        >
          {title}
          {state === "done" ? (
            <>
              <span aria-hidden="true" className="font-bold text-matsu">
                {" ✓"}
              </span>
              <span className="sr-only">{done}</span>
            </>
          ) : null}
        </li>
      ))}
    </ol>
  </nav>
);
