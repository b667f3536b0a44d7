import { redirect } from "next/navigation";
import { factorsAtSignUp } from "#lib/accounts/sign-up-factor";
import type { ReadChallenge } from "#lib/challenges/read";
import { sql } from "#lib/db/sql";
import type { Settings } from "#lib/policy/settings";
import { bindingCase } from "#lib/recovery/finish";
import { currentChallenge } from "#lib/web/challenge";

/** Whether a challenge binds the new factor of a lost-phone request. */
export const bindsAnew = async ({ id }: Pick<ReadChallenge, "id">): Promise<boolean> => (await bindingCase(sql, id)) !== null;

/** A sign-up that waits for its second factor, and the kinds that it may end with. */
/** `recovering`: it is an account that lost its phone, at the last step of its request. */
export type SigningUpPage = { challenge: ReadChallenge; allowed: Settings["factorsAtSignUp"]; recovering: boolean };

/** Returns this browser's sign-up at the step of the second factor, or redirects to where it stands. */
export async function signingUp(): Promise<SigningUpPage> {
  const challenge = await currentChallenge();
  if (challenge?.page.proves !== "number" || challenge.page.journey !== "sign-up") redirect("/sign-in");
  if (challenge.state !== "open") redirect("/verify");
  return { challenge, allowed: [...(await factorsAtSignUp())], recovering: await bindsAnew(challenge) };
}
