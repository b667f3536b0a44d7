import { Callout } from "#components/ui/callout";
import type { PurposePage } from "#lib/challenges/challenge";
import type { Words } from "#lib/words/ja";

type Props = { page: PurposePage; recovery: boolean; words: Words["verify"] };

/** Help for a missing message, and the ways back. */
export const WaitingHelp = ({ page: { proves, journey }, recovery, words }: Props) => (
  <div className="mt-6">
    {proves === "address" ? <p className="hint">{words.helpEmail}</p> : null}
    {journey === "sign-up" ? <p className="hint mt-2">{proves === "address" ? words.leaveSignUp : words.leaveBind}</p> : null}
    {recovery ? null : (
      <noscript>
        <Callout className="mt-4">
          {words.reload} <a href="/verify">{words.reloadNow}</a>
        </Callout>
      </noscript>
    )}
    <p className="mt-4 flex flex-wrap gap-x-6 gap-y-1">
      {proves === "address" || recovery ? null : <a href="/not-arriving">{words.help}</a>}
      {proves === "number" ? <a href="/sign-up/phone">{words.changeNumber}</a> : null}
      {proves === "address" ? <a href="/sign-up">{words.changeEmail}</a> : null}
      {proves === "address" ? null : <a href="/sign-in">{words.cancel}</a>}
    </p>
  </div>
);
