import { randomInt, randomUUID } from "node:crypto";
import { bindPhone } from "#lib/accounts/bind-phone";
import { signIn } from "#lib/accounts/sign-in";
import { signUp } from "#lib/accounts/sign-up";
import { confirmRecoveryCodes, issuedRecoveryCodes } from "#lib/authenticators/recovery-codes/recovery-codes";
import { demoMessages } from "#lib/demo/inbox";
import { readChallenge, sendCode, type Verified, verifyChallenge } from "#lib/purposes/challenges";
import type { Requester } from "#lib/requester";
import type { Result } from "#lib/result";
import { endSession } from "#lib/sessions/end-session";
import { readSession } from "#lib/sessions/read-session";
import { codeOf, freshNumber, must, otherThan, PASSWORD, signedIn } from "#lib/testing/fixtures";

/** Walks through the product by its use cases, with every error once, for tests of the layers below. */

type Play = { requester: Requester; email: string; number: string; deliver(): Promise<unknown>; note(step: string, answer: unknown): void };

const sessionOf = (verified: Verified): string => signedIn(verified).sessionToken;

/** Replaces names, tokens and times by placeholders, so that two journeys can be compared. */
function likeEveryOther(answer: unknown): unknown {
  const text = JSON.stringify(answer, (_, value: unknown) => {
    const moment = typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value) ? (Date.parse(value) - Date.now()) / 1000 : undefined;
    return moment === undefined ? value : `in ${Math.round(moment / 30) * 30} s`;
  });
  const masked = (text ?? "null")
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "ID")
    .replace(/"[A-Za-z0-9_-]{43}"/g, '"TOKEN"')
    .replace(/(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}/g, "CODE")
    .replace(/\d{2,4}"/g, '…"');
  return JSON.parse(masked);
}

/** Returns the result of each step; `deliver` must send the queued messages. */
export async function playJourney(deliver: () => Promise<unknown>): Promise<[step: string, answer: unknown][]> {
  const steps: [string, unknown][] = [];
  const play: Play = {
    requester: { ip: `192.0.2.${randomInt(1, 255)}`, userAgent: "test" },
    email: `${randomUUID()}@example.jp`,
    number: freshNumber(),
    deliver,
    note: (step, answer) => void steps.push([step, likeEveryOther(answer)]),
  };
  const recoveryCode = await register(play);
  await returnWithTexts(play);
  await returnWithRecoveryCode(play, recoveryCode);
  return steps;
}

async function register({ requester, email, number, deliver, note }: Play): Promise<string> {
  const began = must(await signUp({ email, password: PASSWORD, locale: "ja" }, requester));
  note("sign up", began.view);
  await deliver();
  note("mail", (await demoMessages(email, null)).map(shown));
  note("wrong code", await verifyChallenge(began.token, { code: otherThan(await codeOf(began.token)) }, requester));
  const proven = must(await verifyChallenge(began.token, { code: await codeOf(began.token) }, requester));
  note("address", proven);
  const token = proven.next === "bind_phone" ? proven.challengeToken : "";
  note("number", await bindPhone(token, { number, channel: "sms", acceptRisk: true }, requester));
  await deliver();
  note("waiting", await readChallenge(token));
  const bound = must(await verifyChallenge(token, { code: await codeOf(token) }, requester));
  note("bound", bound);
  const session = must(await asResult(readSession(sessionOf(bound))));
  const codes = must(await issuedRecoveryCodes(session.user.id));
  note("codes", codes.length);
  note("saved", await confirmRecoveryCodes(session.user.id, { code: codes[0] ?? "" }, requester));
  await deliver();
  note("signed out", await endSession(sessionOf(bound), requester));
  return codes[1] ?? "";
}

async function returnWithTexts({ requester, email, number, deliver, note }: Play): Promise<void> {
  note("wrong password", await signIn({ identifier: email, password: "まちがい" }, requester));
  const { token, view } = must(await signIn({ identifier: email, password: PASSWORD }, requester));
  note("password", view);
  await deliver();
  note("text", (await demoMessages(number, null)).map(shown));
  note("called", await sendCode(token, { method: "voice" }, requester));
  await deliver();
  note("too soon", await sendCode(token, { method: "voice" }, requester));
  note("waiting", await readChallenge(token));
  note("wrong code", await verifyChallenge(token, { code: otherThan(await codeOf(token)) }, requester));
  const verified = must(await verifyChallenge(token, { code: await codeOf(token) }, requester));
  note("signed in", verified);
  note("session", await readSession(sessionOf(verified)));
  await deliver();
  note("signed out", await endSession(sessionOf(verified), requester));
  note("no session", await readSession(sessionOf(verified)));
}

async function returnWithRecoveryCode({ requester, number, deliver, note }: Play, code: string): Promise<void> {
  note("nobody", await signIn({ identifier: `${randomUUID()}@example.jp`, password: PASSWORD }, requester));
  const { token, view } = must(await signIn({ identifier: number, password: PASSWORD }, requester));
  note("password", view);
  note("wrong recovery code", await verifyChallenge(token, { method: "recovery_code", code: "0000-0000-0000-0000" }, requester));
  const verified = must(await verifyChallenge(token, { method: "recovery_code", code }, requester));
  note("recovered", verified);
  await deliver();
  note("signed out", await endSession(sessionOf(verified), requester));
}

const shown = ({ channel, code, status }: { channel: string; code: string | null; status: string }) => ({ channel, code: !!code, status });

const asResult = async <T>(value: Promise<T | null>): Promise<Result<T, string>> => {
  const found = await value;
  return found === null ? { ok: false, error: "nothing" } : { ok: true, value: found };
};
