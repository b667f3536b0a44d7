import { type ChallengeView, waitsForNumber } from "#lib/challenges/challenge";
import type { Words } from "#lib/words/ja";

type Props = { challenge: Pick<ChallengeView, "purpose" | "methods" | "stopped">; words: Words["journey"] };

/** Whoever left in the middle is led back to where the open challenge of this browser stands. */
export function Resume({ challenge: { purpose, methods, stopped }, words }: Props) {
  const signUp = purpose === "SIGN_UP" || purpose === "BIND_PHONE";
  if (!signUp && purpose !== "SIGN_IN") return null;
  const to = waitsForNumber({ purpose, methods, stopped }) ? "/sign-up/phone" : "/verify";
  return (
    <p className="note good mt-0! mb-4">
      {signUp ? words.resumeSignUp : words.resumeSignIn} <a href={to}>{words.resume}</a>
    </p>
  );
}
