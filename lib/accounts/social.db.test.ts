import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { forceResetOf } from "#lib/accounts/force-reset";
import { linkLogin, readLinkedLogins, unlinkLogin } from "#lib/accounts/linked-logins";
import { beginLostPhone, lostPhoneOffer } from "#lib/accounts/lost-phone";
import { signInFederated } from "#lib/accounts/social-sign-in";
import { hashSecret } from "#lib/crypto/password-hash";
import { seal } from "#lib/crypto/seal";
import { sql, transaction } from "#lib/db/sql";
import { provenAt, readLogin } from "#lib/openid/login";
import { readChallenge, verifyChallenge } from "#lib/purposes/challenges";
import { noteStepUp } from "#lib/sessions/step-up";
import { openRequest, SOCIAL_SECONDS, sealRequest } from "#lib/social/request";
import {
  type Account,
  bindFactor,
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

// LINE and Google in place of the password, from a verified ID token on.

const newIdentity = (more: object = {}) => ({
  ...{ provider: "line" as const, subject: randomUUID(), addressProven: true, authTime: null as number | null },
  ...more,
});
/** Links in the session of a person. */
const link = (owner: Owner, identity: Identity) => linkLogin(owner, identity, owner.from);
const unlink = (owner: Owner) => unlinkLogin(owner, "line", owner.from);

type Owner = Awaited<ReturnType<typeof person>>;
type Identity = ReturnType<typeof newIdentity>;

/** A person whose session stepped up for the factors. */
async function person(account: Account) {
  await forgetLimits();
  const token = await passPassword(account);
  const { session, sessionToken } = signedIn(must(await verifyChallenge(token, { code: await codeOf(token) }, requester)));
  await noteStepUp(sql, session.sessionId, "manage_factors");
  return { userId: account.userId, sessionId: session.sessionId, locale: "ja", from: { ...requester, sessionToken } };
}

async function linkedAccount(identity: Identity) {
  const account = await makeAccount();
  const owner = await person(account);
  const { opened } = must(await link(owner, identity));
  return { account, owner: { ...owner, sessionId: opened.view.sessionId, from: { ...requester, sessionToken: opened.token } } };
}

const enter = (identity: Identity) => signInFederated(identity, null, requester);

/** Signs in by a link up to the session. */
async function entered(identity: Identity) {
  const { token } = must(await enter(identity));
  return signedIn(must(await verifyChallenge(token, { code: await codeOf(token) }, requester))).session;
}

const linksOf = (subject: string) => count(sql<{ n: number }>`SELECT count(*)::int AS n FROM linked_logins WHERE subject = ${subject}`);
const refused = { ok: false, error: { code: "credentials_wrong" } };
const noticesTo = async (userId: string): Promise<string[]> =>
  (
    await sql<{
      template: string;
    }>`SELECT template FROM messages WHERE user_id = ${userId}::uuid AND template LIKE 'notice.%' ORDER BY created_at`
  ).map(({ template }) => template);

describe("A linked account", () => {
  it("is one of one account, of however many that link it at once, and a second one of its provider is refused", async () => {
    const identity = newIdentity();
    const owners = [];
    for (let made = 0; made < 4; made += 1) owners.push(await person(await makeAccount()));
    const results = await Promise.all(owners.map((owner) => link(owner, identity)));
    expect(results.map((one) => (one.ok ? "linked" : one.error.code)).sort()).toEqual([
      "linked",
      "not_allowed",
      "not_allowed",
      "not_allowed",
    ]);
    expect(await linksOf(identity.subject)).toBe(1);
    const { owner } = await linkedAccount(newIdentity());
    await noteStepUp(sql, owner.sessionId, "manage_factors");
    expect(await link(owner, newIdentity())).toMatchObject({ error: { code: "not_allowed" } });
    expect((await readLinkedLogins(owner.userId)).length).toBe(1);
  });

  it("needs a step-up, an address that its provider has proven, and tells its owner", async () => {
    const [identity, account] = [newIdentity(), await makeAccount()];
    const owner = await person(account);
    expect(await link(owner, { ...identity, addressProven: false })).toMatchObject({ error: { code: "address_unknown" } });
    await sql`DELETE FROM step_ups WHERE session_id = ${owner.sessionId}::uuid`;
    expect(await link(owner, identity)).toMatchObject({ error: { code: "step_up_required" } });
    expect(await linksOf(identity.subject)).toBe(0);
    await noteStepUp(sql, owner.sessionId, "manage_factors");
    must(await link(owner, identity));
    expect(await noticesTo(account.userId)).toContain("notice.login_linked");
  });

  it("opens a session of AAL 2 after the second factor alone, and never by a trusted device", async () => {
    const identity = newIdentity();
    const { account } = await linkedAccount(identity);
    const { token, view } = must(await signInFederated(identity, "/account/phones", { ...requester, trustedToken: "x".repeat(43) }));
    expect(view).toMatchObject({ purpose: "SIGN_IN", delivery: { method: "sms" } });
    expect(await readChallenge(token)).toMatchObject({ federatedBy: "line", whose: { digits: account.e164.slice(-2) } });
    expect(signedIn(must(await verifyChallenge(token, { code: await codeOf(token) }, requester))).session).toMatchObject({
      ...{ amr: ["fed", "sms"], aal: 2, user: { id: account.userId } },
    });
    expect(await enter(newIdentity())).toMatchObject(refused);
    // A subject of one provider names no account at the other.
    expect(await enter({ ...identity, provider: "google" as never })).toMatchObject(refused);
  });

  it("of a suspended account, and of one whose password staff made unusable, is refused like one that is not linked", async () => {
    const [one, two] = [newIdentity(), newIdentity()];
    const [suspended, forced] = [await linkedAccount(one), await linkedAccount(two)];
    await sql`UPDATE users SET disabled_at = app_now() WHERE id = ${suspended.account.userId}::uuid`;
    const hash = await hashSecret(randomUUID());
    await transaction((tx) => forceResetOf(tx, { id: forced.account.userId, locale: "ja" }, { by: "cli:test", reason: "test", hash }));
    expect([await enter(one), await enter(two)]).toEqual([refused, refused]);
  });

  it("is unlinked with the sign-ins that it began and the sessions that it opened, which tells its owner", async () => {
    const identity = newIdentity();
    const { account } = await linkedAccount(identity);
    const opened = await entered(identity);
    const begun = must(await enter(identity));
    const code = await codeOf(begun.token);
    const owner = await person(account);
    const late = must(await enter(identity));
    must(await unlink(owner));
    expect(await verifyChallenge(late.token, { code: await codeOf(late.token) }, requester)).toMatchObject({ ok: false });
    expect(await verifyChallenge(begun.token, { code }, requester)).toMatchObject({ ok: false });
    expect(await readLogin(opened.sessionId)).toBeNull();
    expect(await enter(identity)).toMatchObject(refused);
    expect(await noticesTo(account.userId)).toContain("notice.login_unlinked");
    expect(await unlink(owner)).toMatchObject({ ok: false });
  });

  it("stays while nothing else would begin a sign-in, and goes once a password does", async () => {
    const identity = newIdentity();
    const { account } = await linkedAccount(identity);
    const owner = await person(account);
    // As after an act of staff in whose moment this session stayed.
    await sql`
      WITH i AS (INSERT INTO incidents (reason, by) VALUES ('test', 'cli:test') RETURNING id)
      INSERT INTO incident_accounts (incident_id, user_id, done_at) SELECT id, ${account.userId}::uuid, app_now() FROM i`;
    expect(await unlink(owner)).toMatchObject({ error: { code: "last_factor" } });
    expect(await linksOf(identity.subject)).toBe(1);
    await sql`UPDATE users SET password_changed_at = app_now() + interval '1 second' WHERE id = ${account.userId}::uuid`;
    must(await unlink(owner));
  });

  it("leads to no lost-phone request, and its mailed code to no new factor", async () => {
    const identity = newIdentity();
    const { account } = await linkedAccount(identity);
    await bindFactor(account.userId, "totp");
    const { token } = must(await enter(identity));
    expect(await lostPhoneOffer(token)).toBeNull();
    expect(await beginLostPhone(token, { reason: "lost" })).toMatchObject({ error: { code: "method_not_available" } });
    expect(await lostPhoneOffer(await passPassword(account))).not.toBeNull();
  });

  it("of an account without a factor proves the address first, and the session that follows names no password", async () => {
    const [identity, account] = [newIdentity(), await makeAccount({ phone: false })];
    await sql`INSERT INTO linked_logins (user_id, provider, subject) VALUES (${account.userId}::uuid, 'line', ${identity.subject})`;
    const { token, view } = must(await enter(identity));
    expect(view.purpose).toBe("SIGN_UP");
    must(await verifyChallenge(token, { code: await codeOf(token) }, requester));
    const [bound] = await sql<{ federatedBy: string | null }>`
      SELECT federated_by FROM challenges WHERE user_id = ${account.userId}::uuid AND purpose = 'BIND_PHONE'`;
    expect(bound?.federatedBy).toBe("line");
  });

  it("counts for the age that a service asks for only as old as its provider says", async () => {
    const now = Math.floor(Date.now() / 1000);
    const ages = [];
    for (const authTime of [null, now - 7200, now]) {
      const identity = newIdentity({ authTime });
      await linkedAccount(identity);
      const login = await readLogin((await entered(identity)).sessionId);
      ages.push(login && provenAt(login) && Math.round((now - (login.federatedAt?.getTime() ?? 0) / 1000) / 600));
    }
    expect(ages).toEqual([null, 12, 0]);
  });
});

describe("What a browser begins with a provider", () => {
  it("is read from its own cookie alone, and for a quarter of an hour", async () => {
    const { sealed } = await sealRequest({ provider: "line", sessionId: null, returnTo: "/account", fresh: false });
    expect(await openRequest(sealed)).toMatchObject({ provider: "line", sessionId: null, returnTo: "/account", fresh: false });
    for (const broken of [undefined, "", "x", `${sealed}x`, sealed.slice(0, -4)]) expect(await openRequest(broken)).toBeNull();
    expect(SOCIAL_SECONDS).toBe(900);
    const place = { table: "social_sign_in", column: "request", row: "cookie", owner: "browser" };
    const begun = (secondsAgo: number) =>
      openRequest(
        seal(JSON.stringify({ ...{ provider: "line", sessionId: null, returnTo: null, fresh: false }, beganAt: now - secondsAgo }), place),
      );
    const now = Math.floor(Date.now() / 1000);
    expect([await begun(890), await begun(910)]).toEqual([expect.objectContaining({ provider: "line" }), null]);
  });

  it("is begun by many at once without a row", async () => {
    await setClock(0);
    const rows = () => count(sql<{ n: number }>`SELECT count(*)::int AS n FROM challenges`);
    const before = await rows();
    await together(20, () => sealRequest({ provider: "google", sessionId: null, returnTo: null, fresh: false }));
    expect(await rows()).toBe(before);
  });
});
