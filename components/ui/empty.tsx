import type { ReactNode } from "react";

type Props = {
  title: string;
  /** Why there is nothing, and what would put something here. */
  children: ReactNode;
  action?: ReactNode;
};

/** Stands where a list would be. */
export const Empty = ({ title, children, action }: Props) => (
  <div className="my-2 rounded-[0.625rem] border border-dashed border-edge px-5 py-4">
    <p className="font-bold">{title}</p>
    <div className="mt-1 max-w-[38rem] text-[0.9375rem] text-ink-2">{children}</div>
    {action ? <div className="mt-3">{action}</div> : null}
  </div>
);
