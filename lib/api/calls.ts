import { bindPhone } from "#lib/accounts/bind-phone";
import { signIn } from "#lib/accounts/sign-in";
import { signUp } from "#lib/accounts/sign-up";
import { opened, sessionJson, verified } from "#lib/api/answers";
import { bodies } from "#lib/api/bodies";
import { call, json, noContent, problem, read } from "#lib/api/call";
import { clock, messages } from "#lib/api/demo";
import { openapi } from "#lib/api/openapi";
import { receiptsAt } from "#lib/api/receipts";
import { confirmRecoveryCodes, issuedRecoveryCodes } from "#lib/authenticators/recovery-codes/recovery-codes";
import { idOfForm } from "#lib/crypto/form-name";
import { drop, sessionCookie } from "#lib/http/bearer";
import type { Call, Handler } from "#lib/http/called";
import { readChallenge, sendCode, verifyChallenge } from "#lib/purposes/challenges";
import { endSession } from "#lib/sessions/end-session";
import { readSession } from "#lib/sessions/read-session";

const currentSession = ({ from }: Call) => readSession(from.sessionToken ?? "");

/**
 * Reads the challenge: an exhausted one is still shown without methods, one that ended otherwise is gone. A waiting page sends the challenge that
 * it was drawn for, and learns if another tab has given the browser another one.
 */
const challenge = read(async ({ challengeToken, headers }) => {
  const found = await readChallenge(challengeToken);
  const form = headers["sekisho-form"];
  if (form !== undefined && (!found || found.id !== idOfForm(form))) return problem({ code: "form_of_another" });
  if (!found || found.state === "expired" || found.state === "replaced") return problem({ code: "challenge_missing" });
  return json(found.view);
});

const send = call(bodies.send, async (input, { challengeToken, from }) => {
  const sent = await sendCode(challengeToken, input, from);
  return sent.ok ? json(sent.value, 202) : problem(sent.error);
});

const phones = call(bodies.phones, async (input, one) => {
  const bound = await bindPhone(one.challengeToken, input, one.from);
  // Signed in and without a challenge, a number is added after step-up alone.
  if (!bound.ok && bound.error.code === "challenge_missing" && (await currentSession(one))) return problem({ code: "step_up_required" });
  return bound.ok ? json({ next: "verify", challenge: bound.value }, 202) : problem(bound.error);
});

const recoveryCodes = call(bodies.nothing, async (_, one) => {
  const session = await currentSession(one);
  if (!session) return problem({ code: "unauthenticated" });
  const issued = await issuedRecoveryCodes(session.user.id);
  return issued.ok ? json({ codes: issued.value }) : problem(issued.error);
});

const confirm = call(bodies.confirm, async ({ code }, one) => {
  const session = await currentSession(one);
  if (!session) return problem({ code: "unauthenticated" });
  const confirmed = await confirmRecoveryCodes(session.user.id, { code }, one.from);
  return confirmed.ok ? json({ next: "done", session: sessionJson({ ...session, nextStep: null }) }) : problem(confirmed.error);
});

const session = read(async (one) => {
  const found = await currentSession(one);
  return found ? json(sessionJson(found)) : problem({ code: "unauthenticated" });
});

const signOut = read(async ({ from }) => {
  if (from.sessionToken) await endSession(from.sessionToken, from);
  return noContent([drop(sessionCookie())]);
});

type Methods = Readonly<Record<string, Handler>>;

const calls: ReadonlyMap<string, Methods> = new Map(
  Object.entries<Methods>({
    "/api/v1/sign-up": { POST: call(bodies.signUp, async (input, one) => opened(await signUp(input, one.from), 202, one)) },
    "/api/v1/sign-in": { POST: call(bodies.signIn, async (input, one) => opened(await signIn(input, one.from), 200, one)) },
    "/api/v1/challenge": { GET: challenge },
    "/api/v1/challenge/send": { POST: send },
    "/api/v1/challenge/verify": {
      POST: call(bodies.verify, async (input, { challengeToken, from }) => verified(await verifyChallenge(challengeToken, input, from))),
    },
    "/api/v1/phones": { POST: phones },
    "/api/v1/recovery-codes": { POST: recoveryCodes },
    "/api/v1/recovery-codes/confirm": { POST: confirm },
    "/api/v1/session": { GET: session, DELETE: signOut },
    "/api/v1/openapi.json": { GET: read(async () => json(openapi())) },
    "/api/demo/clock": { POST: clock },
    "/api/demo/messages": { GET: messages },
  }),
);

/** The methods of a call by its path, or undefined where there is none: the JSON API, the demo API and what providers call. */
export const callAt = (path: string): Methods | undefined => calls.get(path) ?? receiptsAt(path);
