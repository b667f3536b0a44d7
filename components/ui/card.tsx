import type { ReactNode } from "react";

const surface = "min-w-0 rounded-[0.875rem] border border-line bg-surface px-5 pt-5 pb-[1.375rem]";

/** The surface of a card, for a page with a single part that the page's own title names. */
export const Surface = ({ children }: { children: ReactNode }) => <div className={surface}>{children}</div>;

type Props = {
  /** The id of the heading, which names the section. */
  id: string;
  title: string;
  /** A badge or a figure at the end of the heading's line. */
  aside?: ReactNode;
  /** A link below the content. */
  more?: { href: string; label: string };
  level?: 2 | 3;
  className?: string;
  children: ReactNode;
};

/** A section with its heading on a surface of its own. */
export function Card({ id, title, aside, more, level = 2, className = "", children }: Props) {
  const Heading = `h${level}` as const;
  return (
    <section className={`${surface} ${className}`} aria-labelledby={id}>
      <div className="mb-1 flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <Heading id={id} className="font-mincho text-lg font-bold leading-[1.4]">
          {title}
        </Heading>
        {aside}
      </div>
      {children}
      {more ? (
        <p className="mt-1">
          <a className="inline-flex min-h-11 items-center" href={more.href}>
            {more.label}
          </a>
        </p>
      ) : null}
    </section>
  );
}
