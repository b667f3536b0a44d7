import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

export type End = "expired" | "replaced" | "exhausted" | "locked";

type Props = { end: End; signUp: boolean; wait: string; service: string; words: Words["verify"] };

const textOf = (end: End, wait: string, words: Words["verify"]): [string, string[]] =>
  end === "locked"
    ? [words.lockedTitle, [fill(words.locked, { wait }), words.lockedOther]]
    : end === "exhausted"
      ? [words.exhaustedTitle, [words.exhausted]]
      : end === "replaced"
        ? [words.replacedTitle, [words.replaced]]
        : [words.expiredTitle, [words.expired]];

/** A challenge that cannot go on: what happened, how long it lasts, and where to go now. */
export function Ended({ end, signUp, wait, service, words }: Props) {
  const [title, sentences] = textOf(end, wait, words);
  return (
    <div role="alert">
      <title>{`${title} – ${service}`}</title>
      <h1>{title}</h1>
      {sentences.map((one) => (
        <p className="lead" key={one}>
          {one}
        </p>
      ))}
      <a className="button mt-6" href={signUp ? "/sign-up" : "/sign-in"}>
        {signUp ? words.restartSignUp : words.restartSignIn}
      </a>
    </div>
  );
}
