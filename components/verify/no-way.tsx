import { ContactLine } from "#components/contact";
import type { Contact } from "#lib/web/site";
import type { Words } from "#lib/words/ja";

type Props = {
  service: string;
  restart: string;
  contact: Contact | null;
  /** In a reset whose mailed code was proven: where to ask for a new start. */
  release: boolean;
  words: Pick<Words, "verify" | "common" | "release">;
};

/** A challenge without a usable factor: all phones and the recovery codes are disabled. */
export const NoWay = ({ service, restart, contact, release, words: { verify: words, common, release: released } }: Props) => (
  <div>
    <title>{`${words.titleNoWay} – ${service}`}</title>
    <h1>{words.titleNoWay}</h1>
    <p className="lead">{words.noWay}</p>
    {contact ? (
      <p>
        <ContactLine contact={contact} words={common} />
      </p>
    ) : null}
    {release ? (
      <>
        <p className="hint mt-4">{released.doubted}</p>
        <p className="mt-4">
          <a href="/reset-password/release">{released.link}</a>
        </p>
      </>
    ) : null}
    <a className="button quiet mt-6" href="/sign-in">
      {restart}
    </a>
  </div>
);
