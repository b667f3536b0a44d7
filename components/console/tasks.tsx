import type { ReactNode } from "react";

/** One thing that needs a person: its kind in two or three letters, what it is, and the one place to go. */
export type Task = { key: string; kind: string; warn: boolean; title: string; text: ReactNode; href: string; go: string };

type Props = { tasks: readonly Task[]; label: string; level: 2 | 3 };

/** What needs a person, the most urgent first; `level` is that of the headings, one below the heading over the list. */
export function Tasks({ tasks, label, level }: Props) {
  const Heading = `h${level}` as const;
  return (
    <ol aria-label={label} className="border-t-2 border-ink">
      {tasks.map(({ key, kind, warn, title, text, href, go }) => (
        <li
          key={key}
          className="grid grid-cols-[3.5rem_minmax(0,1fr)] items-start gap-x-4 gap-y-1 border-b border-line px-1 py-3.5 @[46rem]:grid-cols-[3.5rem_minmax(0,1fr)_auto]"
        >
          <span
            aria-hidden="true"
            className={`grid min-h-12 place-items-center rounded-[0.4375rem] px-0.5 text-center font-mincho text-sm leading-tight font-bold lang-en:font-sans lang-en:text-xs ${warn ? "border-4 border-double border-kohaku text-kohaku" : "border-[1.5px] border-ink"}`}
          >
            {kind}
          </span>
          <div>
            <Heading className="font-sans text-base leading-[1.6] font-bold tracking-normal">
              <span className="sr-only">{kind}: </span>
              {title}
            </Heading>
            <p className="text-sm leading-[1.65] text-ink-2">{text}</p>
          </div>
          <a
            className="col-start-2 inline-flex min-h-11 items-center text-[0.9375rem] @[46rem]:col-start-3 @[46rem]:self-center"
            href={href}
          >
            {go}
          </a>
        </li>
      ))}
    </ol>
  );
}
