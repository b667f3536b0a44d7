import { rememberedCase } from "#lib/accounts/case-status";
import { caseOfChallenge, type PersonalCase } from "#lib/recovery/read-case";
import { challengeToken } from "#lib/web/challenge";
import { caseCookie, readCookie } from "#lib/web/cookies";

/** The lost-phone request that this browser may see: the one whose status code it typed last, else the one that it requested. */
export async function currentCase(): Promise<PersonalCase | null> {
  const sealed = await readCookie(caseCookie());
  return (sealed ? await rememberedCase(sealed) : null) ?? (await caseOfChallenge(await challengeToken()));
}
