import { Callout } from "#components/ui/callout";
import { cannotSignUpAgain } from "#components/verify/ended";
import type { PurposePage } from "#lib/challenges/challenge";
import type { Words } from "#lib/words/ja";

/** `own`: the page asks for a method without a send. */
type Props = { page: PurposePage; discreet: boolean; own: boolean; words: Words["verify"]; reset: Words["reset"] };

/** Help for a missing message, and the ways back. */
export const WaitingHelp = ({ page, discreet, own, words, reset }: Props) => {
  const { proves, journey, restart } = page;
  return (
    <div className="mt-6">
      {proves === "address" ? <p className="hint">{words.helpEmail}</p> : null}
      {discreet ? <p className="hint">{reset.notArrived}</p> : null}
      {journey === "sign-up" ? <p className="hint mt-2">{proves === "address" ? words.leaveSignUp : words.leaveBind}</p> : null}
      {own ? null : (
        <noscript>
          <Callout className="mt-4">
            {words.reload} <a href="/verify">{words.reloadNow}</a>
          </Callout>
        </noscript>
      )}
      <p className="mt-4 flex flex-wrap gap-x-6 gap-y-1">
        {proves === "address" || discreet || own ? null : <a href="/not-arriving">{words.help}</a>}
        {journey === "sign-up" && proves === "number" ? <a href="/sign-up/phone">{words.changeNumber}</a> : null}
        {proves === "address" && !cannotSignUpAgain(page) ? <a href={restart}>{words.changeEmail}</a> : null}
        {journey === "sign-up" && proves === "address" ? null : journey === "account" ? (
          <a href={restart}>{reset.cancel}</a>
        ) : (
          <a href="/sign-in">{words.cancel}</a>
        )}
      </p>
    </div>
  );
};
