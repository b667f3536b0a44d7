import { Children, type ReactNode } from "react";

type RowsProps = {
  /** True when the order means something, as in a log. */
  ordered?: boolean;
  label?: string;
  className?: string;
  children: ReactNode;
};

/** A list of things of one kind; its children are `Row`s. */
export function Rows({ ordered = false, label, className = "", children }: RowsProps) {
  const List = ordered ? "ol" : "ul";
  return (
    <List aria-label={label} className={className}>
      {children}
    </List>
  );
}

type RowProps = {
  title: ReactNode;
  /** Badges beside the title. */
  badges?: ReactNode;
  /** Lines or parts of a line below the title; they wrap as wholes. */
  meta?: ReactNode;
  /** Buttons or links at the end; below the text in a narrow container. */
  actions?: ReactNode;
  children?: ReactNode;
};

/** One thing: what it is, what is known of it, and what can be done with it. */
export const Row = ({ title, badges, meta, actions, children }: RowProps) => (
  <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b border-dotted border-line py-2.5 first:pt-1.5 last:border-b-0 last:pb-0">
    <div className="min-w-0 flex-[1_1_14rem]">
      <p className="flex flex-wrap items-center gap-x-2">
        {title}
        {badges}
      </p>
      {meta ? (
        <p className="flex flex-wrap gap-x-4 text-sm leading-[1.65] text-ink-2 tabular-nums">
          {Children.map(meta, (part) => (part ? <span>{part}</span> : null))}
        </p>
      ) : null}
      {children}
    </div>
    {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
  </li>
);
