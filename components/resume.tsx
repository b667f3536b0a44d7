import { Callout } from "#components/ui/callout";
import { waitsForNumber } from "#lib/challenges/challenge";
import type { ReadChallenge } from "#lib/challenges/read";
import type { Words } from "#lib/words/ja";

type Props = { challenge: Pick<ReadChallenge, "page" | "view">; words: Words["journey"] };

/** Links to the open challenge of this browser. */
export function Resume({ challenge, words }: Props) {
  const to = waitsForNumber(challenge) ? "/sign-up/phone" : "/verify";
  return (
    <Callout tone="good" className="mb-4">
      {
        { "sign-up": words.resumeSignUp, "sign-in": words.resumeSignIn, reset: words.resumeReset, account: words.resumeAccount }[
          challenge.page.journey
        ]
      }{" "}
      <a href={to}>{words.resume}</a>
    </Callout>
  );
}
