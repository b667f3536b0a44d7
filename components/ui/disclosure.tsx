import type { ReactNode } from "react";

type Props = {
  id?: string;
  summary: ReactNode;
  /** Open when the page is loaded. */
  open?: boolean;
  /** A line below it, for several in a row; their parent has the line above the first. */
  listed?: boolean;
  children: ReactNode;
};

/** What only some readers need, opened by the browser itself. */
export const Disclosure = ({ id, summary, open, listed = false, children }: Props) => (
  <details id={id} open={open} className={listed ? "border-b border-line" : undefined}>
    <summary className={`cursor-pointer list-outside pl-0.5 text-ai ml-5 ${listed ? "min-h-13 py-3 font-bold" : "min-h-11 py-2"}`}>
      {summary}
    </summary>
    <div className="pb-4 pl-5 text-[0.9375rem]">{children}</div>
  </details>
);
