import { Callout } from "#components/ui/callout";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Props = { session: { user: { email: string }; nextStep: string | null }; words: Pick<Words, "journey" | "signIn"> };

/** Tells a signed-in visitor of a sign-in or sign-up page which account is active, and links to its next step. */
export const SignedIn = ({ session: { user, nextStep }, words: { journey, signIn } }: Props) => (
  <Callout tone="good" className="mb-4">
    {nextStep ? journey.resumeCodes : fill(signIn.signedIn, { email: user.email })}{" "}
    <a href={nextStep ? "/recovery-codes" : "/account"}>{nextStep ? journey.resume : signIn.toAccount}</a>
  </Callout>
);
