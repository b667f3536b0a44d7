import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { beginPasskeySignIn, finishPasskeySignIn } from "#lib/accounts/passkey-sign-in";
import { beginPasskey, confirmPasskey } from "#lib/accounts/passkeys";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { verifyChallenge } from "#lib/purposes/challenges";
import { stepUp } from "#lib/testing/factors";
import {
  codeOf,
  count,
  forgetLimits,
  makeAccount,
  must,
  passPassword,
  requester,
  setClock,
  signedIn,
  together,
} from "#lib/testing/fixtures";
import { type Said, type SoftwarePasskey, softwarePasskey } from "#lib/testing/software-passkey";

// Each wrong answer of a passkey alone costs a signature's verification, so that an address has fifty in a quarter of an hour and then thirty a
// minute. What is right is given back, and a known device of the account is counted apart (RL-04, RL-11, F18).

beforeEach(forgetLimits);
afterEach(() => setClock(0));

const newPasskey = () => softwarePasskey({ origin: env().publicOrigin, rpId: "localhost" });

/** An account with a passkey, and the token of a device that it signed in on. */
async function withPasskey() {
  const account = await makeAccount();
  const token = await passPassword(account);
  const { device, session, sessionToken } = signedIn(must(await verifyChallenge(token, { code: await codeOf(token) }, requester)));
  const person = { userId: account.userId, sessionId: session.sessionId, email: account.email, locale: "ja" };
  await stepUp(person);
  const key = newPasskey();
  must(await confirmPasskey(person, { attestation: key.create(must(await beginPasskey(person))) }, { ...requester, sessionToken }));
  await forgetLimits();
  return { key, deviceToken: device.token };
}

type From = { ip: string; deviceToken?: string };
const WRONG: Said = { type: "webauthn.create" };

async function answer(key: SoftwarePasskey, from: From, said: Said = {}): Promise<string> {
  const { options, sealed } = await beginPasskeySignIn();
  const done = await finishPasskeySignIn({ sealed, assertion: key.get(options, said), returnTo: null }, { ...requester, ...from });
  return done.ok ? "in" : done.error.code;
}
const numberOf = (answers: string[], wanted: string) => answers.filter((one) => one === wanted).length;
const hits = () => count(sql<{ n: number }>`SELECT count(*)::int AS n FROM limit_hits`);

describe("Wrong answers of passkeys", () => {
  it("from one address are judged fifty times, a hundred at once, and then thirty times a minute", async () => {
    const [{ key }, ip] = [await withPasskey(), randomUUID()];
    const answers = await together(100, () => answer(key, { ip }, WRONG));
    expect([numberOf(answers, "credentials_wrong"), numberOf(answers, "too_many_requests")]).toEqual([80, 20]);
    await setClock(61);
    expect(numberOf(await together(40, () => answer(key, { ip }, WRONG)), "credentials_wrong")).toBe(30);
    expect(await answer(key, { ip: randomUUID() })).toBe("in");
  });

  it("count for passkeys that nobody has too, and their refusals say when to come back and are in the audit log", async () => {
    const ip = randomUUID();
    await together(80, () => answer(newPasskey(), { ip }));
    const { options, sealed } = await beginPasskeySignIn();
    const asked = { sealed, assertion: newPasskey().get(options), returnTo: null };
    const refused = await finishPasskeySignIn(asked, { ...requester, ip });
    expect(refused).toMatchObject({ error: { code: "too_many_requests", retryAfter: expect.any(Number) } });
    expect(await sql`SELECT event, times FROM audit_refusals WHERE ip = ${ip} AND reason = 'passkey_failures_per_ip'`).toEqual([
      { event: "sign_in.refused", times: 1 },
    ]);
  });

  it("keep no owner out on a known device, whose own wrong answers are spaced by the same numbers", async () => {
    const [owner, other, ip] = [await withPasskey(), await withPasskey(), "2001:db8:1:2::/64"];
    await together(80, () => answer(newPasskey(), { ip }));
    expect(await answer(owner.key, { ip })).toBe("too_many_requests");
    expect(await answer(owner.key, { ip, deviceToken: other.deviceToken })).toBe("too_many_requests");
    expect(await answer(owner.key, { ip, deviceToken: owner.deviceToken })).toBe("in");
    const answers = await together(100, () => answer(owner.key, { ip: randomUUID(), deviceToken: owner.deviceToken }, WRONG));
    expect(numberOf(answers, "credentials_wrong")).toBe(80);
  });
});

describe("Right answers of passkeys", () => {
  it("use nothing of their address up, however many they are", async () => {
    const [people, ip] = [[await withPasskey(), await withPasskey()], randomUUID()];
    for (let turn = 0; turn < 45; turn += 1) for (const { key } of people) expect(await answer(key, { ip })).toBe("in");
    expect(await hits()).toBe(0);
  });

  it("that come when their ceremony is over are not counted, because nothing of them is verified", async () => {
    const { key } = await withPasskey();
    const { options, sealed } = await beginPasskeySignIn();
    await setClock(301);
    expect(await finishPasskeySignIn({ sealed, assertion: key.get(options), returnTo: null }, requester)).toMatchObject({
      error: { code: "challenge_expired" },
    });
    expect(await hits()).toBe(0);
  });
});
