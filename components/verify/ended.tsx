import { Button } from "#components/ui/button";
import { EndTitle } from "#components/verify/end-title";
import type { PurposePage } from "#lib/challenges/challenge";
import type { Words } from "#lib/words/ja";

type End = "expired" | "replaced" | "exhausted";

/** `closed` says that sign-up is closed. */
type Props = { end: End; page: PurposePage; service: string; words: Words["ended"]; closed: string };

/** The label of the link that starts again. */
export const restartWords = (restart: PurposePage["restart"], words: Words["ended"]): string =>
  restart === "/sign-up" ? words.restartSignUp : restart === "/sign-in" ? words.restartSignIn : words.restart;

const textOf = (end: End, binding: boolean, words: Words["ended"]): [string, string[]] => {
  if (end === "exhausted") return [words.exhaustedTitle, [words.exhausted]];
  if (end === "replaced") return [words.replacedTitle, [words.replaced, words.replacedStranger]];
  return [words.expiredTitle, [binding ? words.expiredBind : words.expired]];
};

/** Whether a sign-up would start anew, and its page is closed. */
export const cannotSignUpAgain = ({ journey, proves, restart }: PurposePage): boolean =>
  journey === "sign-up" && proves === "address" && restart !== "/sign-up";

/** A challenge that cannot continue: what happened, and the next step. */
export function EndedChallenge({ end, page, service, words, closed }: Props) {
  const [title, sentences] = textOf(end, page.journey === "sign-up" && page.proves === "number", words);
  return (
    <div>
      <EndTitle title={title} service={service} />
      {sentences.map((one) => (
        <p className="lead" key={one}>
          {one}
        </p>
      ))}
      {cannotSignUpAgain(page) ? <p className="lead">{closed}</p> : null}
      <Button href={page.restart} className="mt-6">
        {restartWords(page.restart, words)}
      </Button>
    </div>
  );
}
