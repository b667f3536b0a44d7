import { redirect } from "next/navigation";
import { factorsAtSignUp } from "#lib/accounts/sign-up-factor";
import type { ReadChallenge } from "#lib/challenges/read";
import type { Settings } from "#lib/policy/settings";
import { currentChallenge } from "#lib/web/challenge";

/** A sign-up that waits for its second factor, and the kinds that it may end with. */
export type SigningUpPage = { challenge: ReadChallenge; allowed: Settings["factorsAtSignUp"] };

/** Returns this browser's sign-up at the step of the second factor, or redirects to where it stands. */
export async function signingUp(): Promise<SigningUpPage> {
  const challenge = await currentChallenge();
  if (challenge?.page.proves !== "number" || challenge.page.journey !== "sign-up") redirect("/sign-in");
  if (challenge.state !== "open") redirect("/verify");
  return { challenge, allowed: [...(await factorsAtSignUp())] };
}
