import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Props = { session: { user: { email: string }; nextStep: string | null }; words: Pick<Words, "journey" | "signIn"> };

/** Whoever is signed in already is told so before they begin again, and led to where they stand. */
export const SignedIn = ({ session: { user, nextStep }, words: { journey, signIn } }: Props) => (
  <p className="note good mt-0! mb-4">
    {nextStep ? journey.resumeCodes : fill(signIn.signedIn, { email: user.email })}{" "}
    <a href={nextStep ? "/recovery-codes" : "/account"}>{nextStep ? journey.resume : signIn.toAccount}</a>
  </p>
);
