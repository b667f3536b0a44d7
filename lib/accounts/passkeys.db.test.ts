import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readFactors } from "#lib/accounts/factors";
import { beginPasskeySignIn, finishPasskeySignIn } from "#lib/accounts/passkey-sign-in";
import { beginPasskey, challengeOptions, confirmPasskey, removePasskey, renamePasskey } from "#lib/accounts/passkeys";
import { removePhone } from "#lib/accounts/phones";
import { beginStepUp } from "#lib/accounts/step-up";
import { handleOf } from "#lib/authenticators/passkeys/party";
import type { Assertion } from "#lib/authenticators/passkeys/response";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { readChallenge, verifyChallenge } from "#lib/purposes/challenges";
import type { Requester } from "#lib/requester";
import { readSession } from "#lib/sessions/read-session";
import { type Acting, signInByText, stepUp } from "#lib/testing/factors";
import {
  type Account,
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
import { renewed } from "#lib/testing/signed-in";
import { type Said, type SoftwarePasskey, softwarePasskey, withOrderAdded } from "#lib/testing/software-passkey";

const newPasskey = (backup = true) => softwarePasskey({ origin: env().publicOrigin, rpId: "localhost", backup });

type Keyed = { account: Account; person: Acting; from: Requester; key: SoftwarePasskey; id: string };

/** An account with a phone and a passkey, signed in by its text and stepped up. */
async function withPasskey(backup = true): Promise<Keyed> {
  const account = await makeAccount();
  const { person, requester: from } = await signInByText(account);
  await stepUp(person);
  return { account, person, ...(await addPasskey(person, from, backup)) };
}

async function addPasskey(person: Acting, from: Requester, backup = true) {
  const key = newPasskey(backup);
  const added = must(await confirmPasskey(person, { attestation: key.create(must(await beginPasskey(person))) }, from));
  return { key, id: added.value.id, from: renewed(from, added) };
}

const say = (token: string, assertion: Assertion, from: Requester = requester) =>
  verifyChallenge(token, { method: "passkey", code: JSON.stringify(assertion) }, from);
const answer = async (token: string, key: SoftwarePasskey, said: Said = {}, from: Requester = requester) =>
  say(token, key.get(must(await challengeOptions(token)), said), from);
const alone = async (key: SoftwarePasskey, said: Said = {}, from: Requester = requester) => {
  const { options, sealed } = await beginPasskeySignIn();
  return finishPasskeySignIn({ sealed, assertion: key.get(options, said), returnTo: null }, from);
};
const eventsOf = ({ userId }: Account, event: string) =>
  count(sql<{ n: number }>`
    SELECT count(*)::int AS n FROM audit_events WHERE event = ${event} AND subject = (SELECT audit_subject FROM users WHERE id = ${userId}::uuid)`);
const sessionsOf = ({ userId }: Account) =>
  count(sql<{ n: number }>`SELECT count(*)::int AS n FROM sessions WHERE user_id = ${userId}::uuid`);
const challengesOf = ({ userId }: Account) =>
  count(sql<{ n: number }>`SELECT count(*)::int AS n FROM challenges WHERE user_id = ${userId}::uuid`);

/** What can be wrong with an answer, each alone (D11). */
const tampered: [string, Said | ((victim: Keyed) => Said)][] = [
  ["the scheme of the origin", { origin: env().publicOrigin.replace("http:", "https:") }],
  ["a sub-domain", { origin: env().publicOrigin.replace("localhost", "evil.localhost") }],
  ["another port", { origin: "http://localhost:1" }],
  ["a host that begins alike", { origin: env().publicOrigin.replace("localhost", "evil-localhost") }],
  ["a frame of another site", { crossOrigin: true }],
  ["the relying party", { rpId: "evil.example" }],
  ["the type of a registration", { type: "webauthn.create" }],
  ["no presence", { up: false }],
  ["a backup that this key cannot have", { be: false, bs: false }],
  ["a backup without the right to one", { be: false, bs: true }],
  [
    "the signature of something else",
    { signature: (der) => Buffer.from(der.map((byte, index) => (index === der.length - 1 ? byte ^ 1 : byte))) },
  ],
  ["a signature with the order added", { signature: withOrderAdded }],
  ["the handle of another account", (victim) => ({ userHandle: handleOf(victim.account.userId).toString("base64url") })],
  ["the credential of another account", (victim) => ({ id: victim.key.id })],
];

beforeEach(forgetLimits);
afterEach(() => setClock(0));

describe("A passkey as second factor", () => {
  it("is asked for first, nothing is texted unasked, and it opens the session once of fifty at once (PSTN-01, PSTN-03, D10)", async () => {
    const { account, key } = await withPasskey();
    const token = await passPassword(account);
    const read = await readChallenge(token);
    expect(read?.view).toMatchObject({ delivery: null, methods: [{ method: "passkey" }, { method: "sms" }, { method: "voice" }] });
    const before = await sessionsOf(account);
    const assertion = key.get(must(await challengeOptions(token)));
    const results = await together(50, () => say(token, assertion));
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    expect(await sessionsOf(account)).toBe(before + 1);
    const opened = results.find((result) => result.ok);
    expect(opened?.ok && signedIn(opened.value).session).toMatchObject({ amr: ["pwd", "hwk", "user"], aal: 2 });
  });

  it.each(tampered)("refuses %s and opens nothing (D11, WA-01)", async (_, said) => {
    const [mine, victim] = [await withPasskey(), await withPasskey()];
    const token = await passPassword(mine.account);
    const wrong = typeof said === "function" ? said(victim) : said;
    const before = await sessionsOf(mine.account);
    expect(await answer(token, mine.key, wrong)).toMatchObject({ error: { code: "code_wrong" } });
    expect(await alone(mine.key, wrong)).toMatchObject({ error: { code: "credentials_wrong" } });
    expect([await sessionsOf(mine.account), await sessionsOf(victim.account)]).toEqual([before, 1]);
    expect((await answer(token, mine.key)).ok).toBe(true);
  });

  it("refuses an answer to another challenge, to one that was answered or has ended, and one of another ceremony (D10)", async () => {
    const [mine, other] = [await withPasskey(), await withPasskey()];
    const token = await passPassword(mine.account);
    const foreign = must(await challengeOptions(await passPassword(other.account)));
    const wrong = { error: { code: "code_wrong" } };
    must(await challengeOptions(token));
    expect(await say(token, mine.key.get(foreign))).toMatchObject(wrong);
    // The wrong answer used up the challenge's nonce.
    const options = must(await challengeOptions(token));
    expect(await say(token, mine.key.get(options, { type: "webauthn.create" }))).toMatchObject(wrong);
    expect(await say(token, mine.key.get(options))).toMatchObject(wrong);
    const late = must(await challengeOptions(token));
    await setClock(301);
    expect(await say(token, mine.key.get(late))).toMatchObject(wrong);
    const { options: aloneOptions } = await beginPasskeySignIn();
    expect(await say(token, mine.key.get(aloneOptions))).toMatchObject({ ok: false });
  });

  it("that did not verify its user is one factor, and after the password makes two (D12)", async () => {
    const { account, key } = await withPasskey();
    const opened = signedIn(must(await answer(await passPassword(account), key, { uv: false })));
    expect(opened.session).toMatchObject({ amr: ["pwd", "hwk"], aal: 2 });
    expect(await alone(key, { uv: false })).toMatchObject({ error: { code: "credentials_wrong" } });
  });

  it("whose counter went back is wrong, with an event, and so is one that was seen before (D14, WA-03)", async () => {
    const { account, key } = await withPasskey(false);
    signedIn(must(await answer(await passPassword(account), key, { count: 10 })));
    for (const back of [5, 10]) {
      expect(await answer(await passPassword(account), key, { count: back })).toMatchObject({ error: { code: "code_wrong" } });
      expect(await alone(key, { count: back })).toMatchObject({ error: { code: "credentials_wrong" } });
    }
    expect(await eventsOf(account, "passkey.counter_back")).toBe(4);
    expect((await answer(await passPassword(account), key, { count: 11 })).ok).toBe(true);
  });

  it("steps a session up, also where its account has no other factor", async () => {
    const { account, person, from: before, key } = await withPasskey();
    const from = renewed(before, must(await removePhone(person, account.phoneId, before)));
    await sql`DELETE FROM step_ups WHERE session_id = ${person.sessionId}::uuid`;
    const begun = must(await beginStepUp(person, "manage_factors", null, from));
    if (!("opened" in begun)) throw new Error("this session has stepped up");
    expect(begun.opened.view.methods).toEqual([{ method: "passkey" }]);
    expect(must(await answer(begun.opened.token, key, {}, from))).toMatchObject({ next: "stepped_up" });
  });

  it("has no options without a challenge that offers it", async () => {
    const { account } = await withPasskey();
    const other = await passPassword(await makeAccount());
    expect(await challengeOptions(other)).toMatchObject({ error: { code: "method_not_available" } });
    expect(await challengeOptions("")).toMatchObject({ error: { code: "challenge_missing" } });
    const old = await passPassword(account);
    await passPassword(account);
    expect(await challengeOptions(old)).toMatchObject({ error: { code: "challenge_missing" } });
  });
});

describe("A passkey alone", () => {
  it("that verified its user opens a session at AAL2; nothing is written before, and one consumed challenge after (WA-02)", async () => {
    const { account, key, id } = await withPasskey();
    const before = await challengesOf(account);
    const { options, sealed } = await beginPasskeySignIn();
    expect(options).toMatchObject({ rpId: "localhost", allowCredentials: [], userVerification: "required" });
    expect(await challengesOf(account)).toBe(before);
    const opened = signedIn(must(await finishPasskeySignIn({ sealed, assertion: key.get(options), returnTo: null }, requester)));
    expect(opened.session).toMatchObject({ amr: ["hwk", "user"], aal: 2, user: { id: account.userId } });
    const rows = await sql`
      SELECT c.purpose::text AS purpose, c.consumed_at IS NOT NULL AS consumed, s.authenticator_id FROM sessions s JOIN challenges c ON c.id = s.challenge_id
      WHERE s.id = ${opened.session.sessionId}::uuid`;
    expect(rows).toEqual([{ purpose: "SIGN_IN", consumed: true, authenticatorId: id }]);
  });

  it("is answered once of fifty at once, and its answer never again (D10)", async () => {
    const { account, key } = await withPasskey();
    const before = [await sessionsOf(account), await challengesOf(account)];
    const { options, sealed } = await beginPasskeySignIn();
    const assertion = key.get(options);
    const results = await together(50, () => finishPasskeySignIn({ sealed, assertion, returnTo: null }, requester));
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    expect([await sessionsOf(account), await challengesOf(account)]).toEqual(before.map((n) => n + 1));
    expect(await finishPasskeySignIn({ sealed, assertion: key.get(options), returnTo: null }, requester)).toMatchObject({ ok: false });
  });

  it("and the same passkey after the password, many times at once, wait for each other in no circle", async () => {
    const { account, key } = await withPasskey();
    for (let turn = 0; turn < 10; turn += 1) {
      const token = await passPassword(account);
      const second = key.get(must(await challengeOptions(token)));
      const results = await Promise.all([say(token, second), ...Array.from({ length: 8 }, () => alone(key))]);
      expect(results.map(({ ok }) => ok)).toEqual(results.map(() => true));
    }
  });

  it("needs the cookie of its own ceremony, for 300 seconds (D10)", async () => {
    const { account, key } = await withPasskey();
    const [mine, other] = [await beginPasskeySignIn(), await beginPasskeySignIn()];
    const assertion = key.get(mine.options);
    expect(await finishPasskeySignIn({ sealed: other.sealed, assertion, returnTo: null }, requester)).toMatchObject({ ok: false });
    for (const sealed of ["", "x", mine.sealed.slice(0, -2)])
      expect(await finishPasskeySignIn({ sealed, assertion, returnTo: null }, requester)).toMatchObject({
        error: { code: "challenge_expired" },
      });
    const token = await passPassword(account);
    const asked = must(await challengeOptions(token));
    expect(await finishPasskeySignIn({ sealed: mine.sealed, assertion: key.get(asked), returnTo: null }, requester)).toMatchObject({
      ok: false,
    });
    await setClock(301);
    expect(await finishPasskeySignIn({ sealed: mine.sealed, assertion, returnTo: null }, requester)).toMatchObject({
      error: { code: "challenge_expired" },
    });
  });

  it("is not enough without the handle of its account, for an account that is closed, or where nobody asked for it yet", async () => {
    const { account, key, id } = await withPasskey();
    expect(await alone(key, { userHandle: null })).toMatchObject({ error: { code: "credentials_wrong" } });
    await sql`UPDATE passkeys SET needs_password = true WHERE id = ${id}::uuid`;
    expect(await alone(key)).toMatchObject({ error: { code: "credentials_wrong" } });
    must(await answer(await passPassword(account), key, { uv: false }));
    expect(await alone(key)).toMatchObject({ error: { code: "credentials_wrong" } });
    must(await answer(await passPassword(account), key));
    expect((await alone(key)).ok).toBe(true);
    await sql`UPDATE users SET disabled_at = app_now() WHERE id = ${account.userId}::uuid`;
    expect(await alone(key)).toMatchObject({ error: { code: "credentials_wrong" } });
  });

  it("that this site does not know is told as such, and a removed one is not known", async () => {
    expect(await alone(newPasskey())).toMatchObject({ error: { code: "credentials_wrong", reason: "passkey_unknown" } });
    const { person, from, key, id } = await withPasskey();
    must(await removePasskey(person, id, from));
    expect(await alone(key)).toMatchObject({ error: { reason: "passkey_unknown" } });
  });
});

describe("The enrolment of a passkey", () => {
  it("needs step-up of ten minutes at most, for its options and for its answer (D13, C06, WA-02)", async () => {
    const account = await makeAccount();
    const { person, requester: from } = await signInByText(account);
    expect(await beginPasskey(person)).toMatchObject({ error: { code: "step_up_required" } });
    await stepUp(person, 595);
    const options = must(await beginPasskey(person));
    expect(options).toMatchObject({
      rp: { id: "localhost" },
      user: { id: handleOf(account.userId).toString("base64url"), name: account.email },
      pubKeyCredParams: [{ alg: -7 }, { alg: -8 }, { alg: -257 }],
      authenticatorSelection: { residentKey: "preferred", userVerification: "preferred" },
      excludeCredentials: [],
    });
    const attestation = newPasskey().create(options);
    await stepUp(person, 601);
    expect(await confirmPasskey(person, { attestation }, from)).toMatchObject({ error: { code: "step_up_required" } });
    expect((await readFactors(account.userId)).passkeys).toEqual([]);
  });

  it("is told, named and listed, and excluded from the next one", async () => {
    const { account, person, from, key, id } = await withPasskey();
    expect(await eventsOf(account, "passkey.added")).toBe(1);
    expect((await readFactors(account.userId)).passkeys).toEqual([
      { id, name: null, createdAt: expect.any(String), lastUsedAt: null, backedUp: true },
    ]);
    expect(must(await renamePasskey(person, id, " スマホ ", from))).toMatchObject({ id, name: "スマホ" });
    expect(must(await beginPasskey(person)).excludeCredentials).toMatchObject([{ id: key.id, transports: ["internal", "hybrid"] }]);
    const told = await sql<{
      template: string;
    }>`SELECT template FROM messages WHERE user_id = ${account.userId}::uuid AND template = 'notice.passkey_added'`;
    expect(told.length).toBe(2);
  });

  it("refuses the answer of another session, a second one, a late one, and each tampered one (D10, D11)", async () => {
    const { person, from } = await withPasskey();
    const other = await withPasskey();
    const wrong = { error: { code: "code_wrong" } };
    const confirm = (attestation: ReturnType<SoftwarePasskey["create"]>) => confirmPasskey(person, { attestation }, from);
    must(await beginPasskey(person));
    expect(await confirm(newPasskey().create(must(await beginPasskey(other.person))))).toMatchObject(wrong);
    expect(await confirm(newPasskey().create(must(await beginPasskey(person)), { type: "webauthn.get" }))).toMatchObject(wrong);
    for (const said of [
      { origin: "http://evil-localhost:3000" },
      { rpId: "evil.example" },
      { up: false },
      { be: false, bs: true },
      { alg: -47 },
    ])
      expect(await confirm(newPasskey().create(must(await beginPasskey(person)), said)), JSON.stringify(said)).toMatchObject(wrong);
    const late = must(await beginPasskey(person));
    await setClock(301);
    await stepUp(person);
    expect(await confirm(newPasskey().create(late))).toMatchObject(wrong);
    // A key that another account has.
    expect(await confirm(other.key.create(must(await beginPasskey(person))))).toMatchObject(wrong);
  });

  it("adds one of fifty at once, and ten at most", async () => {
    const { account, person, from } = await withPasskey();
    const attestation = newPasskey().create(must(await beginPasskey(person)));
    const results = await together(50, () => confirmPasskey(person, { attestation }, from));
    const [added, ...others] = results.filter((result) => result.ok);
    expect([added?.ok, others]).toEqual([true, []]);
    let present = added?.ok ? renewed(from, added.value) : from;
    for (let more = 0; more < 8; more += 1) present = (await addPasskey(person, present)).from;
    expect(await beginPasskey(person)).toMatchObject({ error: { code: "too_many_passkeys" } });
    expect((await readFactors(account.userId)).passkeys).toHaveLength(10);
  });
});

describe("The removal of a passkey", () => {
  it("needs step-up, is refused for another account's and for the last factor, and ends the sessions that rest on it (D13, D15, FA-01)", async () => {
    const { account, person, from, key, id } = await withPasskey();
    const elsewhere = signedIn(must(await alone(key)));
    const other = await withPasskey();
    expect(await removePasskey(other.person, id, other.from)).toMatchObject({ error: { code: "not_found" } });
    expect(await renamePasskey(other.person, id, "x", other.from)).toMatchObject({ error: { code: "not_found" } });
    await stepUp(person, 601);
    expect(await removePasskey(person, id, from)).toMatchObject({ error: { code: "step_up_required" } });
    await stepUp(person);
    const after = renewed(from, must(await removePasskey(person, id, from)));
    expect(await readSession(elsewhere.sessionToken)).toBeNull();
    expect(await readSession(after.sessionToken)).not.toBeNull();
    expect(await eventsOf(account, "passkey.removed")).toBe(1);
    const again = await addPasskey(person, after);
    must(await removePhone(person, account.phoneId, again.from));
    expect(await removePasskey(person, again.id, from)).toMatchObject({ error: { code: "last_factor" } });
  });
});
