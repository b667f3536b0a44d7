import type { Words } from "#lib/words/ja";

type Props = { moved: boolean; words: Words["drawn"] };

/** Says that another tab has opened another challenge in this browser. The page stays; its forms redirect to the current challenge. */
export const Moved = ({ moved, words }: Props) => (
  <div role="alert">
    {moved ? (
      <p className="note">
        {words.moved} <a href="/verify">{words.movedLink}</a>
      </p>
    ) : null}
  </div>
);
