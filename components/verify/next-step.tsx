import type { DeliveryLine } from "#components/verify/delivery-line";
import { restartWords } from "#components/verify/ended";
import { type WayContext, WayOption } from "#components/verify/ways";
import type { MethodOffer, PurposePage } from "#lib/challenges/challenge";
import { late, secondsSince } from "#lib/challenges/next-way";
import { isSent } from "#lib/methods";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type LateProps = { delivery: DeliveryLine; offer: MethodOffer | null; context: WayContext; words: Words["delivery"] };

function lateSentence({ method, status }: DeliveryLine, words: Words["delivery"]): string {
  if (status === "queued") return method === "voice" ? words.lateQueuedVoice : words.lateQueued;
  return isSent(method) ? { sms: words.late, voice: words.lateVoice, email: words.lateEmail }[method] : "";
}

/** The advice for a late message, with a call if it helps. It is announced once; the elapsed seconds are visual only. */
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
      {isLate && offer ? <WayOption offer={offer} context={context} look="button quiet" /> : null}
    </div>
  );
}

type SpentProps = { lost: boolean; recovery: boolean; restart: PurposePage["restart"]; words: Words["verify"]; ended: Words["ended"] };

/** Shown when no further message can be sent: whether the last code can still be used, and the alternatives. */
export const Spent = ({ lost, recovery, restart, words, ended }: SpentProps) => (
  <div className="note plain" role="status">
    <p>{lost ? words.noSendsLost : words.noSends}</p>
    {recovery ? <p>{words.noSendsRecovery}</p> : null}
    {lost && !recovery ? (
      <a className="button mt-3" href={restart}>
        {restartWords(restart, ended)}
      </a>
    ) : null}
  </div>
);
