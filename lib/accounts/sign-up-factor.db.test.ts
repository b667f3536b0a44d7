import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bindPhone } from "#lib/accounts/bind-phone";
import { challengeOptions } from "#lib/accounts/passkeys";
import { addPhone } from "#lib/accounts/phones";
import { signIn } from "#lib/accounts/sign-in";
import { signUp } from "#lib/accounts/sign-up";
import { beginFirstPasskey, beginFirstTotp, confirmFirstPasskey, confirmFirstTotp, pendingFirstTotp } from "#lib/accounts/sign-up-factor";
import { codeAt, openSeed } from "#lib/authenticators/totp/seed";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { readChallenge, verifyChallenge } from "#lib/purposes/challenges";
import { bindApp, earlyInStep, presentStep, signInByText, stepUp } from "#lib/testing/factors";
import {
  codeOf,
  count,
  forgetLimits,
  forgetPolicy,
  freshNumber,
  makeAccount,
  must,
  otherThan,
  PASSWORD,
  requester,
  setClock,
  setPolicy,
  signedIn,
  together,
} from "#lib/testing/fixtures";
import { type SoftwarePasskey, softwarePasskey } from "#lib/testing/software-passkey";

// A sign-up that ends with an app or a passkey, for people whose plan has no texts; only there a factor is added without a proof of another one
// (SU-05).

type Fresh = { email: string; userId: string; token: string };

/** A sign-up whose address is proven, in the browser of its challenge. */
async function fresh(): Promise<Fresh> {
  const email = `${randomUUID()}@example.jp`;
  const { token } = must(await signUp({ email, password: PASSWORD, locale: "ja" }, requester));
  const verified = must(await verifyChallenge(token, { code: await codeOf(token) }, requester));
  const [user] = await sql<{ id: string }>`SELECT id FROM users WHERE email = ${email}`;
  if (verified.next !== "bind_phone" || !user) throw new Error("no account began");
  return { email, userId: user.id, token: verified.challengeToken };
}

/** The same sign-up begun anew elsewhere: another browser, whose challenge replaces the one before. */
async function resumed(email: string): Promise<string> {
  const { token } = must(await signIn({ identifier: email, password: PASSWORD }, requester));
  const verified = must(await verifyChallenge(token, { code: await codeOf(token) }, requester));
  return verified.next === "bind_phone" ? verified.challengeToken : "";
}

const allow = (...kinds: string[]) => setPolicy("factorsAtSignUp", kinds);
const newKey = () => softwarePasskey({ origin: env().publicOrigin, rpId: "localhost" });
const shown = async (secret: string, offset = 0) => codeAt(secret, (await presentStep()) + offset);
const confirmApp = (token: string, code: string) => confirmFirstTotp(token, code, {}, requester);
const confirmKey = (token: string, attestation: ReturnType<SoftwarePasskey["create"]>) =>
  confirmFirstPasskey(token, { attestation }, requester);
const sessionsOf = (userId: string) => count(sql<{ n: number }>`SELECT count(*)::int AS n FROM sessions WHERE user_id = ${userId}::uuid`);
const factorsOf = (userId: string) => sql<{ kind: string; proven: boolean }>`
  SELECT kind, verified_at IS NOT NULL AS proven FROM authenticators WHERE user_id = ${userId}::uuid AND kind <> 'recovery_codes' ORDER BY kind`;
const attemptsOf = async (userId: string) =>
  (
    await sql<{
      n: number;
    }>`SELECT attempts AS n FROM challenges WHERE user_id = ${userId}::uuid AND purpose = 'BIND_PHONE' AND voided_at IS NULL`
  )[0]?.n;
const eventsOf = (userId: string, event: string) =>
  count(sql<{ n: number }>`
    SELECT count(*)::int AS n FROM audit_events WHERE event = ${event} AND subject = (SELECT audit_subject FROM users WHERE id = ${userId}::uuid)`);
const told = (userId: string, template: string) =>
  count(sql<{ n: number }>`SELECT count(*)::int AS n FROM messages WHERE user_id = ${userId}::uuid AND template = ${template}`);

beforeEach(async () => {
  await forgetLimits();
  await earlyInStep();
  await allow("phone", "totp", "passkey");
});
afterEach(async () => {
  await setClock(0);
  await forgetPolicy();
});

describe("A sign-up that ends with an authenticator app", () => {
  it("opens the session as the phone's code does, tells it, and the next sign-in asks for the app", async () => {
    const { token, email, userId } = await fresh();
    const { secret, uri } = must(await beginFirstTotp(token));
    expect(uri).toContain(encodeURIComponent(email));
    expect(await pendingFirstTotp(token)).toEqual({ secret, uri });
    const opened = signedIn(must(await confirmApp(token, await shown(secret))));
    expect(opened).toMatchObject({ next: "save_recovery_codes", session: { amr: ["pwd", "otp"], aal: 2, user: { id: userId } } });
    expect(await factorsOf(userId)).toEqual([{ kind: "totp", proven: true }]);
    expect([
      await eventsOf(userId, "totp.added"),
      await eventsOf(userId, "session.opened"),
      await told(userId, "notice.totp_added"),
    ]).toEqual([1, 1, 1]);
    const rows = await sql`
      SELECT c.purpose::text AS purpose, c.consumed_at IS NOT NULL AS consumed, s.authenticator_id = a.id AS rests FROM sessions s
        JOIN challenges c ON c.id = s.challenge_id JOIN authenticators a ON a.user_id = s.user_id AND a.kind = 'totp' WHERE s.user_id = ${userId}::uuid`;
    expect(rows).toEqual([{ purpose: "BIND_PHONE", consumed: true, rests: true }]);
    const next = must(await signIn({ identifier: email, password: PASSWORD }, requester));
    expect(next.view).toMatchObject({ purpose: "SIGN_IN", methods: [{ method: "totp" }], delivery: null });
    // The code that confirmed it is spent (TO-01).
    expect(await verifyChallenge(next.token, { code: await shown(secret) }, requester)).toMatchObject({ error: { code: "code_wrong" } });
    await setClock((await earlyInStep()) + 60);
    expect((await verifyChallenge(next.token, { code: await shown(secret) }, requester)).ok).toBe(true);
  });

  it("opens one session of fifty right codes at once, and judges five of fifty wrong ones (OTP-03, OTP-04)", async () => {
    const one = await fresh();
    const { secret } = must(await beginFirstTotp(one.token));
    const code = await shown(secret);
    const right = await together(50, () => confirmApp(one.token, code));
    expect(right.filter((result) => result.ok)).toHaveLength(1);
    expect(await sessionsOf(one.userId)).toBe(1);
    const two = await fresh();
    const other = must(await beginFirstTotp(two.token));
    const wrong = await together(50, async () => confirmApp(two.token, otherThan(await shown(other.secret, 11))));
    expect(wrong.filter((result) => !result.ok && result.error.code === "code_wrong")).toHaveLength(5);
    expect(await attemptsOf(two.userId)).toBe(5);
    expect(await confirmApp(two.token, await shown(other.secret))).toMatchObject({ error: { code: "too_many_attempts" } });
    expect([await sessionsOf(two.userId), await eventsOf(two.userId, "challenge.exhausted")]).toEqual([0, 1]);
  });

  it("counts an answer before it is compared, and nothing that cannot be a code", async () => {
    const { token, userId } = await fresh();
    const { secret } = must(await beginFirstTotp(token));
    expect(await confirmApp(token, "no code")).toMatchObject({ error: { code: "invalid_input" } });
    expect(await attemptsOf(userId)).toBe(0);
    expect(await confirmApp(token, otherThan(await shown(secret, 11)))).toMatchObject({ error: { code: "code_wrong", attemptsLeft: 4 } });
    expect(await attemptsOf(userId)).toBe(1);
  });

  it("knows the seed of its own account alone, sealed for it, and each request replaces the one that waits", async () => {
    const [mine, other] = [await fresh(), await fresh()];
    const foreign = must(await beginFirstTotp(other.token));
    const first = must(await beginFirstTotp(mine.token));
    const { secret } = must(await beginFirstTotp(mine.token));
    for (const wrong of [foreign.secret, first.secret])
      expect(await confirmApp(mine.token, await shown(wrong))).toMatchObject({ error: { code: "code_wrong" } });
    const [row] = await sql<{ id: string; sealed: string }>`
      SELECT t.id, t.seed_sealed AS sealed FROM totp t JOIN authenticators a ON a.id = t.id WHERE a.user_id = ${mine.userId}::uuid`;
    expect(openSeed(row?.id ?? "", mine.userId, row?.sealed ?? "")).toBe(secret);
    expect(() => openSeed(row?.id ?? "", other.userId, row?.sealed ?? "")).toThrow();
    expect(await sessionsOf(other.userId)).toBe(0);
  });

  it("drops a number that was named and never proven, whose sends stay counted", async () => {
    const { token, userId } = await fresh();
    must(await bindPhone(token, { number: freshNumber(), channel: "sms", acceptRisk: true }, requester));
    const { secret } = must(await beginFirstTotp(token));
    signedIn(must(await confirmApp(token, await shown(secret))));
    expect(await factorsOf(userId)).toEqual([{ kind: "totp", proven: true }]);
    const kept = await sql<{
      policy: string;
    }>`SELECT DISTINCT policy FROM limit_hits WHERE owner IS NULL AND policy LIKE 'sends_per_phone%'`;
    expect(kept.length).toBeGreaterThan(0);
  });
});

describe("A sign-up that ends with a passkey", () => {
  it("opens the session with one factor beside the password, and the next sign-in asks for it", async () => {
    const { token, email, userId } = await fresh();
    const key = newKey();
    const options = must(await beginFirstPasskey(token));
    expect(options).toMatchObject({ user: { name: email }, excludeCredentials: [] });
    const opened = signedIn(must(await confirmKey(token, key.create(options))));
    expect(opened).toMatchObject({ next: "save_recovery_codes", session: { amr: ["pwd", "hwk"], aal: 2 } });
    expect([await factorsOf(userId), await told(userId, "notice.passkey_added"), await eventsOf(userId, "passkey.added")]).toEqual([
      [{ kind: "passkey", proven: true }],
      1,
      1,
    ]);
    const next = must(await signIn({ identifier: email, password: PASSWORD }, requester));
    expect(next.view).toMatchObject({ purpose: "SIGN_IN", methods: [{ method: "passkey" }], delivery: null });
    const assertion = key.get(must(await challengeOptions(next.token)));
    expect((await verifyChallenge(next.token, { method: "passkey", code: JSON.stringify(assertion) }, requester)).ok).toBe(true);
  });

  it("opens one session of fifty at once, and its nonce is the challenge's, taken by the first answer (D10)", async () => {
    const [mine, other] = [await fresh(), await fresh()];
    const attestation = newKey().create(must(await beginFirstPasskey(mine.token)));
    expect(await confirmKey(other.token, attestation)).toMatchObject({ error: { code: "code_wrong" } });
    must(await beginFirstPasskey(other.token));
    expect(await confirmKey(other.token, attestation)).toMatchObject({ error: { code: "code_wrong" } });
    const results = await together(50, () => confirmKey(mine.token, attestation));
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    expect([await sessionsOf(mine.userId), await sessionsOf(other.userId)]).toEqual([1, 0]);
    // A credential belongs to one account for ever.
    expect(await confirmKey(other.token, attestation)).toMatchObject({ error: { code: "code_wrong" } });
  });

  it.each([
    ["another origin", { origin: "http://evil-localhost:3000" }],
    ["another relying party", { rpId: "evil.example" }],
    ["no presence", { up: false }],
    ["the type of a signature", { type: "webauthn.get" }],
  ])("refuses %s and counts it (D11)", async (_, said) => {
    const { token, userId } = await fresh();
    expect(await confirmKey(token, newKey().create(must(await beginFirstPasskey(token)), said))).toMatchObject({
      error: { code: "code_wrong", attemptsLeft: 4 },
    });
    expect([await sessionsOf(userId), await factorsOf(userId)]).toEqual([0, []]);
  });
});

describe("A factor without a factor", () => {
  it("is taken where the operator allows its kind, asked again with the answer; a phone too", async () => {
    const { token, userId } = await fresh();
    const { secret } = must(await beginFirstTotp(token));
    const attestation = newKey().create(must(await beginFirstPasskey(token)));
    await allow("phone");
    const refused = { error: { code: "method_not_available" } };
    expect(await beginFirstTotp(token)).toMatchObject(refused);
    expect(await beginFirstPasskey(token)).toMatchObject(refused);
    expect(await confirmApp(token, await shown(secret))).toMatchObject(refused);
    expect(await confirmKey(token, attestation)).toMatchObject(refused);
    await allow("totp");
    const number = { number: freshNumber(), channel: "sms", acceptRisk: true } as const;
    expect(await bindPhone(token, number, requester)).toMatchObject(refused);
    expect(await sessionsOf(userId)).toBe(0);
    expect((await confirmApp(token, await shown(secret))).ok).toBe(true);
  });

  it("is for a fresh account alone: none that was ever given one, also where it is disabled (SU-05)", async () => {
    for (const disabled of [false, true]) {
      const { token, email, userId } = await fresh();
      const { secret } = must(await beginFirstTotp(token));
      const attestation = newKey().create(must(await beginFirstPasskey(token)));
      const passkeyId = randomUUID();
      await sql`
        INSERT INTO authenticators (id, user_id, kind, verified_at, disabled_at)
        VALUES (${passkeyId}::uuid, ${userId}::uuid, 'passkey', app_now(), CASE WHEN ${disabled}::boolean THEN app_now() END)`;
      const over = { error: { code: "challenge_expired" } };
      expect(await beginFirstTotp(token)).toMatchObject(over);
      expect(await beginFirstPasskey(token)).toMatchObject(over);
      expect(await confirmApp(token, await shown(secret))).toMatchObject(over);
      expect(await confirmKey(token, attestation)).toMatchObject(over);
      expect([email.length > 0, await sessionsOf(userId)]).toEqual([true, 0]);
    }
  });

  it("binds no phone to an account that an app completed, by a sign-up left open elsewhere (PSTN-04)", async () => {
    const { token, userId } = await fresh();
    must(await bindPhone(token, { number: freshNumber(), channel: "sms", acceptRisk: true }, requester));
    const code = await codeOf(token);
    await bindApp({ userId });
    expect(await verifyChallenge(token, { code }, requester)).toMatchObject({ error: { code: "challenge_expired" } });
    expect(await sessionsOf(userId)).toBe(0);
  });

  it("has one challenge: of two browsers of a sign-up the later one", async () => {
    const { token, email, userId } = await fresh();
    const { secret } = must(await beginFirstTotp(token));
    const later = await resumed(email);
    expect(await confirmApp(token, await shown(secret))).toMatchObject({ error: { code: "challenge_expired" } });
    expect((await confirmApp(later, await shown(secret))).ok).toBe(true);
    expect(await sessionsOf(userId)).toBe(1);
  });

  it("is no way for a challenge of another purpose, of a session, of another form, or one that is over", async () => {
    const account = await makeAccount();
    const { person, requester: from } = await signInByText(account);
    await stepUp(person);
    const adding = must(await addPhone(person, { number: freshNumber(), channel: "sms", acceptRisk: true }, from)).token;
    const signingIn = must(await signIn({ identifier: account.email, password: PASSWORD }, requester)).token;
    for (const token of [adding, signingIn, "", "x".repeat(43)]) {
      expect(await beginFirstTotp(token)).toMatchObject({ error: { code: "challenge_missing" } });
      expect(await beginFirstPasskey(token)).toMatchObject({ error: { code: "challenge_missing" } });
      expect(await confirmApp(token, "123456")).toMatchObject({ error: { code: "challenge_missing" } });
      expect(await confirmKey(token, newKey().create({ challenge: "AAAA", user: { id: "AAAA" } }))).toMatchObject({
        error: { code: "challenge_missing" },
      });
    }
    expect(await attemptsOf(account.userId)).toBe(0);
    const { token } = await fresh();
    const { secret } = must(await beginFirstTotp(token));
    expect(await confirmFirstTotp(token, await shown(secret), { drawnFor: randomUUID() }, requester)).toMatchObject({
      error: { code: "form_of_another" },
    });
    await setClock(1900);
    expect(await confirmApp(token, await shown(secret))).toMatchObject({ error: { code: "challenge_expired" } });
    expect(await pendingFirstTotp(token)).toBeNull();
  });

  it("ends with its account's earlier challenges: after a revocation and a suspension nothing is opened", async () => {
    for (const end of [
      (id: string) => sql`UPDATE users SET epoch = epoch + 1 WHERE id = ${id}::uuid`,
      (id: string) => sql`UPDATE users SET disabled_at = app_now() WHERE id = ${id}::uuid`,
    ]) {
      const { token, userId } = await fresh();
      const { secret } = must(await beginFirstTotp(token));
      await end(userId);
      expect((await confirmApp(token, await shown(secret))).ok).toBe(false);
      expect((await beginFirstPasskey(token)).ok).toBe(false);
      expect(await sessionsOf(userId)).toBe(0);
    }
  });

  it("is told to no page beyond its own challenge", async () => {
    const { token } = await fresh();
    must(await beginFirstTotp(token));
    expect((await readChallenge(token))?.view.methods).toEqual([]);
    expect(await challengeOptions(token)).toMatchObject({ error: { code: "method_not_available" } });
  });
});
