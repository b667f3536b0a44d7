import type { ReactNode } from "react";

type Props = {
  title: string;
  lead?: ReactNode;
  /** The page above this one. */
  back?: { href: string; label: string };
  /** Below the lead: facts or actions of the whole page. */
  children?: ReactNode;
  level?: 1 | 2;
};

/** The head of a page: where it belongs, its title and what it is for. */
export function PageHead({ title, lead, back, children, level = 1 }: Props) {
  const Heading = `h${level}` as const;
  return (
    <header className="mb-6">
      {back ? (
        <p>
          <a className="inline-flex min-h-11 items-center" href={back.href}>
            {back.label}
          </a>
        </p>
      ) : null}
      <Heading className="text-[2rem]">{title}</Heading>
      {lead ? <p className="mt-1.5 text-ink-2">{lead}</p> : null}
      {children}
    </header>
  );
}
