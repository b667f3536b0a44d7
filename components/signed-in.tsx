import { Callout } from "#components/ui/callout";
import type { OwedStep } from "#lib/sessions/next-step";
import { pageOf } from "#lib/web/step";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";

type Props = { session: { user: { email: string }; nextStep: OwedStep | null }; words: Pick<Words, "journey" | "signIn"> };

/** Tells a signed-in visitor of a sign-in or sign-up page which account is active, and links to its next step. */
export const SignedIn = ({ session: { user, nextStep }, words: { journey, signIn } }: Props) => (
  <Callout tone="good" className="mb-4">
    {nextStep === "enrol_factor" ? journey.resumeFactor : nextStep ? journey.resumeCodes : fill(signIn.signedIn, { email: user.email })}{" "}
    <a href={pageOf(nextStep)}>{nextStep ? journey.resume : signIn.toAccount}</a>
  </Callout>
);
