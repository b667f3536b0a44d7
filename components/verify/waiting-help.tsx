import type { ChallengeView } from "#lib/challenges/challenge";
import type { Words } from "#lib/words/ja";

type Props = { purpose: ChallengeView["purpose"]; recovery: boolean; words: Words["verify"] };

/** What helps when nothing arrives, and the ways back. */
export const WaitingHelp = ({ purpose, recovery, words }: Props) => (
  <div className="mt-6">
    {purpose === "SIGN_UP" ? <p className="hint">{words.helpEmail}</p> : null}
    {purpose === "SIGN_UP" || purpose === "BIND_PHONE" ? (
      <p className="hint mt-2">{purpose === "SIGN_UP" ? words.leaveSignUp : words.leaveBind}</p>
    ) : null}
    {recovery ? null : (
      <noscript>
        <p className="note plain">
          {words.reload} <a href="/verify">{words.reloadNow}</a>
        </p>
      </noscript>
    )}
    <p className="mt-4 flex flex-wrap gap-x-6 gap-y-1">
      {purpose === "SIGN_UP" || recovery ? null : <a href="/not-arriving">{words.help}</a>}
      {purpose === "BIND_PHONE" ? <a href="/sign-up/phone">{words.changeNumber}</a> : null}
      {purpose === "SIGN_UP" ? <a href="/sign-up">{words.changeEmail}</a> : null}
      {purpose === "SIGN_UP" ? null : <a href="/sign-in">{words.cancel}</a>}
    </p>
  </div>
);
