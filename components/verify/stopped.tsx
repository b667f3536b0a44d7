import { bare } from "#components/verify/ways";
import type { ChallengeView, MethodOffer, PurposePage } from "#lib/challenges/challenge";
import { stopped as ended } from "#lib/challenges/next-way";
import { isSent } from "#lib/methods";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Props = { challenge: ChallengeView; page: PurposePage; locale: string; words: Words["stops"] };

function wayOf({ method, hint }: MethodOffer, several: boolean, words: Words["stops"]): string {
  const way = isSent(method) ? words[method] : "";
  return several && method !== "email" ? fill(words.to, { way, hint: bare(hint) }) : way;
}

/** Shows which of this challenge's ways the operator has stopped, and the alternatives; renders nothing if none is stopped. */
export function Stopped({ challenge, page, locale, words }: Props) {
  const { stopped = [], methods, delivery } = challenge;
  const several = new Set([...methods, ...stopped].flatMap((one) => one.phoneId ?? [])).size > 1;
  const ways = new Intl.ListFormat(locale, { type: "conjunction" }).format(stopped.map((one) => wayOf(one, several, words)));
  const none = methods.length === 0;
  const sentences = [
    fill(words.now, { ways }),
    ...(delivery && !ended(delivery) ? [words.arrived] : []),
    ...(none ? [words.none, words.later] : [words.other]),
    ...(none && page.journey === "sign-in" ? [words.signedIn] : []),
  ];
  return (
    <div aria-live="polite">
      {stopped.length > 0 ? (
        <div className="note stopped">
          {sentences.map((one) => (
            <p key={one}>{one}</p>
          ))}
        </div>
      ) : null}
    </div>
  );
}
