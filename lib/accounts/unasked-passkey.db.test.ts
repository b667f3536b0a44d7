import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readFactors } from "#lib/accounts/factors";
import { judgeFactors } from "#lib/accounts/judge-factors";
import { beginPasskeySignIn, finishPasskeySignIn } from "#lib/accounts/passkey-sign-in";
import { beginPasskey, challengeOptions, confirmPasskey, removePasskey } from "#lib/accounts/passkeys";
import { beginUnasked, confirmUnasked, mayMakeUnasked, putOffPasskey, readPasskeyOffer } from "#lib/accounts/unasked-passkey";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { sendCode, verifyChallenge } from "#lib/purposes/challenges";
import { bindApp, signInByText, stepUp } from "#lib/testing/factors";
import {
  type Account,
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

// A passkey that a browser makes by itself after a sign-in by text: once in a session, within five minutes, with a notice, and at first only as a
// factor after the password.

const newKey = () => softwarePasskey({ origin: env().publicOrigin, rpId: "localhost" });
const refused = (code: string) => ({ error: { code } });
const passkeysOf = async ({ userId }: Account) => (await readFactors(userId)).passkeys;
const told = ({ userId }: Account) =>
  count(sql<{ n: number }>`
    SELECT count(*)::int AS n FROM messages WHERE user_id = ${userId}::uuid AND template = 'notice.passkey_added'`);

async function byText() {
  const account = await makeAccount();
  const { person, requester: from } = await signInByText(account);
  return { account, person: { ...person, locale: "ja" as const }, from };
}

/** An account whose browser made a passkey by itself. */
async function withUnasked(said: Said = {}) {
  const signed = await byText();
  const key = newKey();
  const { id } = must(await confirmUnasked(signed.person, key.create(must(await beginUnasked(signed.person)), said), signed.from));
  return { ...signed, key, id };
}

const alone = async (key: SoftwarePasskey, said: Said = {}) => {
  const { options, sealed } = await beginPasskeySignIn();
  return finishPasskeySignIn({ sealed, assertion: key.get(options, said), returnTo: null }, requester);
};
const afterPassword = async (account: Account, key: SoftwarePasskey, said: Said = {}) => {
  const token = await passPassword(account);
  const assertion = key.get(must(await challengeOptions(token)), said);
  return verifyChallenge(token, { method: "passkey", code: JSON.stringify(assertion) }, requester);
};

beforeEach(forgetLimits);
afterEach(() => setClock(0));

describe("A passkey that nobody asked for", () => {
  it("is made without step-up and without presence, listed and told", async () => {
    const { account, id } = await withUnasked({ up: false, uv: false });
    expect(await passkeysOf(account)).toEqual([expect.objectContaining({ id })]);
    // By mail and by text.
    expect(await told(account)).toBe(2);
    expect(await readPasskeyOffer(account.userId)).toMatchObject({ made: true });
  });

  it("never signs in alone until it was used after the password with its user verified (WA-02)", async () => {
    const { account, key } = await withUnasked();
    expect(await alone(key)).toMatchObject(refused("credentials_wrong"));
    signedIn(must(await afterPassword(account, key, { uv: false })));
    expect(await alone(key)).toMatchObject(refused("credentials_wrong"));
    expect(signedIn(must(await afterPassword(account, key))).session.amr).toEqual(["pwd", "hwk", "user"]);
    expect(await readPasskeyOffer(account.userId)).toMatchObject({ made: false });
    expect(signedIn(must(await alone(key))).session).toMatchObject({ amr: ["hwk", "user"], aal: 2 });
  });

  it("is tried once in a session, of fifty at once too, and kept once", async () => {
    const { account, person, from } = await byText();
    const begun = await together(50, () => beginUnasked(person));
    const [options, ...more] = begun.flatMap((one) => (one.ok ? [one.value] : []));
    expect([more.length, options?.authenticatorSelection?.residentKey]).toEqual([0, "required"]);
    if (!options) throw new Error("no options");
    const attestation = newKey().create(options);
    const kept = await together(50, () => confirmUnasked(person, attestation, from));
    expect(kept.filter((one) => one.ok)).toHaveLength(1);
    expect(await passkeysOf(account)).toHaveLength(1);
    expect([await mayMakeUnasked(person), await beginUnasked(person)]).toMatchObject([false, refused("method_not_available")]);
  });

  it("is for the five minutes after the sign-in alone, for its beginning and its end", async () => {
    const { person } = await byText();
    await setClock(299);
    expect(await mayMakeUnasked(person)).toBe(true);
    await setClock(301);
    expect(await mayMakeUnasked(person)).toBe(false);
    expect(await beginUnasked(person)).toMatchObject(refused("method_not_available"));
    await setClock(0);
    const late = await byText();
    const attestation = newKey().create(must(await beginUnasked(late.person)));
    await sql`UPDATE sessions SET authenticated_at = authenticated_at - interval '301 seconds' WHERE id = ${late.person.sessionId}::uuid`;
    expect(await confirmUnasked(late.person, attestation, late.from)).toMatchObject(refused("method_not_available"));
    expect(await passkeysOf(late.account)).toEqual([]);
  });

  it("is for a session by text alone", async () => {
    const account = await makeAccount();
    const app = await bindApp(account);
    const byApp = signedIn(must(await verifyChallenge(await passPassword(account), { code: await app.shows() }, requester)));
    const called = await passPassword(await makeAccount());
    must(await sendCode(called, { method: "voice" }, requester));
    const byCall = signedIn(must(await verifyChallenge(called, { method: "voice", code: await codeOf(called) }, requester)));
    for (const { session } of [byApp, byCall])
      expect(
        await beginUnasked({ userId: session.user.id, sessionId: session.sessionId, email: session.user.email, locale: "ja" }),
      ).toMatchObject(refused("method_not_available"));
  });

  it("is for an account without one, and for one that is not restricted", async () => {
    const { person, from, account } = await byText();
    const attestation = newKey().create(must(await beginUnasked(person)));
    const other = await signInByText(account);
    await stepUp(other.person);
    must(await confirmPasskey(other.person, { attestation: newKey().create(must(await beginPasskey(other.person))) }, other.requester));
    expect(await confirmUnasked(person, attestation, from)).toMatchObject(refused("method_not_available"));
    expect(await passkeysOf(account)).toHaveLength(1);
    const restricted = await byText();
    await sql`UPDATE users SET restricted_until = 'infinity' WHERE id = ${restricted.account.userId}::uuid`;
    expect(await beginUnasked(restricted.person)).toMatchObject(refused("account_restricted"));
  });

  it("has a ceremony of its own: neither answers the one of a passkey that a person adds, and no other session's (D10, D13)", async () => {
    const { person, from, account } = await byText();
    await stepUp(person);
    const asked = newKey().create(must(await beginPasskey(person)));
    expect(await confirmUnasked(person, asked, from)).toMatchObject({ ok: false });
    const unasked = newKey().create(must(await beginUnasked(person)));
    expect(await confirmPasskey(person, { attestation: unasked }, from)).toMatchObject(refused("code_wrong"));
    const other = await byText();
    expect(await confirmUnasked(other.person, unasked, other.from)).toMatchObject({ ok: false });
    const nobodys = must(await beginUnasked(other.person));
    expect(await confirmUnasked({ ...person, userId: other.account.userId }, newKey().create(nobodys), from)).toMatchObject({ ok: false });
    expect([await passkeysOf(account), await passkeysOf(other.account)]).toEqual([[], []]);
  });

  it.each([
    ["another origin", { origin: "http://evil-localhost:3000" }],
    ["another relying party", { rpId: "evil.example" }],
    ["the type of a signature", { type: "webauthn.get" }],
  ])("is refused with %s (D11)", async (_, said) => {
    const { person, from } = await byText();
    expect(await confirmUnasked(person, newKey().create(must(await beginUnasked(person)), said), from)).toMatchObject(
      refused("code_wrong"),
    );
  });

  it("makes presence no matter of choice for one that a person adds", async () => {
    const { person, from } = await byText();
    await stepUp(person);
    const attestation = newKey().create(must(await beginPasskey(person)), { up: false });
    expect(await confirmPasskey(person, { attestation }, from)).toMatchObject(refused("code_wrong"));
  });

  it("can be removed as every other", async () => {
    const { account, person, from, id } = await withUnasked();
    await stepUp(person);
    must(await removePasskey(person, id, from));
    expect([await passkeysOf(account), await readPasskeyOffer(account.userId)]).toMatchObject([[], { made: false }]);
  });
});

describe("The offer of a passkey", () => {
  it("can be put off for a day, three times, and then rests for thirty days", async () => {
    const { userId } = await makeAccount();
    const offered = async () => (await readPasskeyOffer(userId)).offered;
    const day = 86_400;
    let at = 0;
    for (const wait of [1, 1, 30, 1]) {
      expect(await offered()).toBe(true);
      // The second call changes nothing, because no offer is due.
      await together(2, () => putOffPasskey(userId));
      await setClock(at + wait * day - 60);
      expect(await offered()).toBe(false);
      at += wait * day + 60;
      await setClock(at);
    }
    expect(await offered()).toBe(true);
    expect(await sql`SELECT passkey_put_off AS n FROM users WHERE id = ${userId}::uuid`).toEqual([{ n: 1 }]);
  });

  it("stands before what else is next, while it is not put off and the account has phones alone", async () => {
    const account = await makeAccount();
    const factors = { ...(await readFactors(account.userId)), recoveryAddress: true };
    const judged = (more: object) => judgeFactors({ ...factors, recoveryCodes: { left: 10, issuedAt: null }, ...more }).next?.title;
    expect(judged({})).toBe("nextPasskey");
    expect(judged({ passkeyOffered: false })).toBe("nextPhone");
    expect(judged({ totp: { enrolledAt: "", lastUsedAt: null, disabled: false } })).toBeUndefined();
  });
});
