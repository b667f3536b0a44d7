import { getMessages } from "next-intl/server";
import type { ReactNode } from "react";
import { Callout } from "#components/ui/callout";

/** The query of a page that an act leads back to. */
export type OutcomeQuery = { done?: string | string[] | undefined; refused?: string | string[] | undefined };

type Props = Pick<OutcomeQuery, "refused"> & {
  /** What was done; null where `done` names no act of the page. */
  said: ReactNode;
  /** The words before a reason. */
  notDone?: string;
  /** The words of a reason that has none. */
  otherwise?: string;
  /** Reasons in words of the page's own. */
  own?: Record<string, string>;
  className: string;
};

/** Tells what the act before a page led to, or why it was refused; nothing where the page was opened without an act. */
export async function ActOutcome({ said, refused, notDone, otherwise, own = {}, className }: Props) {
  if (said !== null)
    return (
      <Callout tone="good" role="status" className={className}>
        {said}
      </Callout>
    );
  if (typeof refused !== "string") return null;
  const { staffReasons, errors } = await getMessages();
  const known: Record<string, string> = { ...errors, ...staffReasons, ...own };
  return (
    <Callout tone="warn" role="alert" className={className}>
      {notDone} {Object.hasOwn(known, refused) ? known[refused] : otherwise}
    </Callout>
  );
}
