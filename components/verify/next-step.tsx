import type { Delivery } from "#components/verify/delivery-line";
import { Way, type WayContext } from "#components/verify/ways";
import type { MethodOffer } from "#lib/challenges/challenge";
import { late, secondsSince } from "#lib/challenges/next-way";
import { isSent } from "#lib/methods";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type LateProps = { delivery: Delivery; offer: MethodOffer | null; context: WayContext; words: Words["delivery"] };

function lateSentence({ method, status }: Delivery, words: Words["delivery"]): string {
  if (status === "queued") return method === "voice" ? words.lateQueuedVoice : words.lateQueued;
  return isSent(method) ? { sms: words.late, voice: words.lateVoice, email: words.lateEmail }[method] : "";
}

/** What to do when a message is late: said once, the seconds for the eyes, and the call where one helps. */
export function Late({ delivery, offer, context, words }: LateProps) {
  const isLate = late(delivery, context.now);
  return (
    <div className={isLate ? "note" : undefined}>
      <p aria-live="polite">
        {isLate ? lateSentence(delivery, words) : ""}
        {isLate && offer ? words.callNow : ""}
      </p>
      {isLate ? (
        <p className="hint" aria-hidden="true">
          {fill(words.waited, { seconds: secondsSince(delivery, context.now) })}
        </p>
      ) : null}
      {isLate && offer ? <Way offer={offer} context={context} look="button quiet" /> : null}
    </div>
  );
}

type SpentProps = { lost: boolean; recovery: boolean; signUp: boolean; words: Words["verify"]; ended: Words["ended"] };

/** No message can be sent any more: whether the one that was sent may still be used, and where to go if not. */
export const Spent = ({ lost, recovery, signUp, words, ended }: SpentProps) => (
  <div className="note plain" role="status">
    <p>{lost ? words.noSendsLost : words.noSends}</p>
    {recovery ? <p>{words.noSendsRecovery}</p> : null}
    {lost && !recovery ? (
      <a className="button mt-3" href={signUp ? "/sign-up" : "/sign-in"}>
        {signUp ? ended.restartSignUp : ended.restartSignIn}
      </a>
    ) : null}
  </div>
);
