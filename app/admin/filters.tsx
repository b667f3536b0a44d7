import type { ReactNode } from "react";

type Props = { action: string; label: string; submit: string; clear?: { href: string; label: string } | undefined; children: ReactNode };

/** The filters of a log: fields side by side where there is room, and the way back to everything. */
export const Filters = ({ action, label, submit, clear, children }: Props) => (
  <form method="get" action={action} aria-label={label} className="@container border-y border-line pb-4">
    <div className="grid grid-cols-1 gap-x-4 @[24rem]:grid-cols-2 @[46rem]:grid-cols-4">{children}</div>
    <div className="mt-4 flex flex-wrap items-center gap-x-5 gap-y-2">
      <button type="submit" className="button quiet small">
        {submit}
      </button>
      {clear ? (
        <a className="inline-flex min-h-11 items-center" href={clear.href}>
          {clear.label}
        </a>
      ) : null}
    </div>
  </form>
);
