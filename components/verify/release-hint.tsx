import type { Words } from "#lib/words/ja";

type Props = {
  words: Words["release"];
  /** Says why a number of the account may be missing, where no way is left. */
  doubted?: boolean;
};

/** A link to /reset-password/release, for a person who has lost every factor. */
export const ReleaseHint = ({ words, doubted = false }: Props) => (
  <>
    {doubted ? <p className="hint mt-4">{words.doubted}</p> : null}
    <p className="mt-2">
      <a className="inline-flex min-h-11 items-center" href="/reset-password/release">
        {words.link}
      </a>
    </p>
  </>
);
