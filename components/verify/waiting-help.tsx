import type { ChallengeView } from "#lib/challenges/challenge";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Props = { purpose: ChallengeView["purpose"]; recovery: boolean; sender: string; words: Words["verify"] };

/** What helps when nothing arrives, and the ways back. */
export const WaitingHelp = ({ purpose, recovery, sender, words }: Props) => (
  <>
    {recovery ? null : (
      <details className="mt-4">
        <summary>{words.help}</summary>
        {purpose === "SIGN_UP" ? (
          <p className="hint">{words.helpEmail}</p>
        ) : (
          <ul className="hint list-disc pl-5">
            <li>{fill(words.helpSms, { sender })}</li>
            <li>{words.helpNoSms}</li>
          </ul>
        )}
      </details>
    )}
    <noscript>
      <p className="note plain">
        {words.reload} <a href="/verify">{words.reloadNow}</a>
      </p>
    </noscript>
    <p className="mt-4 flex flex-wrap gap-x-6 gap-y-1">
      {purpose === "BIND_PHONE" ? <a href="/sign-up/phone">{words.changeNumber}</a> : null}
      {purpose === "SIGN_UP" ? <a href="/sign-up">{words.changeEmail}</a> : <a href="/sign-in">{words.cancel}</a>}
    </p>
  </>
);
