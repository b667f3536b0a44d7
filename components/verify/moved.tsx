import type { Words } from "#lib/words/ja";

type Props = { moved: boolean; words: Words["drawn"] };

/** Says that another tab has given this browser another challenge; the page stays as it is, and its forms are led back. */
export const Moved = ({ moved, words }: Props) => (
  <div role="alert">
    {moved ? (
      <p className="note">
        {words.moved} <a href="/verify">{words.movedLink}</a>
      </p>
    ) : null}
  </div>
);
