import type { ReactNode } from "react";
import { ContactLine } from "#components/contact";
import { Button } from "#components/ui/button";
import type { Contact } from "#lib/web/site";
import type { Words } from "#lib/words/ja";

type Props = {
  service: string;
  restart: string;
  contact: Contact | null;
  /** In a reset whose mailed code was proven: what else can be done. */
  children?: ReactNode;
  /** What is left to a person who can use no way. */
  last?: ReactNode;
  words: Pick<Words, "verify" | "common">;
};

/** A challenge without a usable factor: all phones and the recovery codes are disabled. */
export const NoWay = ({ service, restart, contact, children, last, words: { verify: words, common } }: Props) => (
  <div>
    <title>{`${words.titleNoWay} – ${service}`}</title>
    <h1>{words.titleNoWay}</h1>
    <p className="lead">{words.noWay}</p>
    {contact ? (
      <p>
        <ContactLine contact={contact} words={common} />
      </p>
    ) : null}
    {children}
    {last}
    <Button kind="secondary" href="/sign-in" className="mt-6">
      {restart}
    </Button>
  </div>
);
