import { beginStepUp } from "#lib/accounts/step-up";
import { sql } from "#lib/db/sql";
import { verifyChallenge } from "#lib/purposes/challenges";
import type { Changed } from "#lib/sessions/guarded-change";
import { readSession } from "#lib/sessions/read-session";
import type { Acting, StepUpAction } from "#lib/sessions/step-up";
import { type Account, codeOf, must, passPassword, requester, signedIn } from "#lib/testing/fixtures";

/** Signed-in browsers for tests of guarded acts. */

/** A browser with a session: its account, and the tokens that it sends. */
export type Browser = {
  acting: Acting & { email: string; locale: "ja" };
  from: typeof requester & { sessionToken: string; deviceToken: string };
};

/** Signs an account in by text, in a browser of its own. */
export async function signInOn(account: Account): Promise<Browser> {
  const token = await passPassword(account);
  const { sessionToken, session, device } = signedIn(must(await verifyChallenge(token, { code: await codeOf(token) }, requester)));
  const acting = { sessionId: session.sessionId, userId: account.userId, email: account.email, locale: "ja" as const };
  return { acting, from: { ...requester, sessionToken, deviceToken: device.token } };
}

/** Opens the challenge of a step-up and returns its token. */
export async function openStepUp({ acting, from }: Browser, action: StepUpAction): Promise<string> {
  const begun = must(await beginStepUp(acting, action, null, from));
  if (!("opened" in begun)) throw new Error("this session has stepped up already");
  return begun.opened.token;
}

/** Steps a browser up for a class of acts by text; its session has a new token then. */
export async function stepUp(browser: Browser, action: StepUpAction): Promise<Browser> {
  const token = await openStepUp(browser, action);
  const verified = must(await verifyChallenge(token, { code: await codeOf(token) }, browser.from));
  if (verified.next !== "stepped_up") throw new Error(`led to ${verified.next}`);
  return { ...browser, from: { ...browser.from, sessionToken: verified.sessionToken } };
}

/** What a browser presents after a change that gave its session a new token. */
export const renewed = <From>(from: From, { opened }: Changed<unknown>): From & { sessionToken: string } => ({
  ...from,
  sessionToken: opened.token,
});

/** Whether the session of a browser is alive. */
export const isAlive = async ({ from }: Browser): Promise<boolean> => (await readSession(from.sessionToken)) !== null;

/** How many messages of a template an account got by a channel. */
export async function told(userId: string, template: string, channel: "EMAIL" | "SMS" = "EMAIL"): Promise<number> {
  const [row] = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM messages WHERE user_id = ${userId}::uuid AND template = ${template} AND channel = ${channel}::channel`;
  return row?.n ?? 0;
}
