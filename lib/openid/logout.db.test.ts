import { createPublicKey } from "node:crypto";
import { createRemoteJWKSet, decodeJwt, generateKeyPair, jwtVerify, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { suspend } from "#lib/accounts/suspend";
import { signingKey } from "#lib/db/signing-keys";
import { sql, transaction } from "#lib/db/sql";
import { env } from "#lib/env";
import { tellLogout } from "#lib/openid/tell-logout";
import { endAllSessions, endOtherSessions, endOwnSession, endSession } from "#lib/sessions/end-session";
import { ELSEWHERE } from "#lib/testing/elsewhere";
import { forgetLimits, makeAccount, requester } from "#lib/testing/fixtures";
import { answers, type Loopback, loopback } from "#lib/testing/loopback";
import { addService, type OpenIdServer, openIdServer, type TestService } from "#lib/testing/openid";
import { type Browser, isAlive, signInOn } from "#lib/testing/signed-in";

// Signing out at the wish of a service, and telling services that a session ended.
let door: OpenIdServer;
let inbox: Loopback;
let own: TestService;
let other: TestService;
beforeAll(async () => {
  [door, inbox] = [await openIdServer(), await loopback()];
  [own, other] = [await addService({ firstParty: true, backchannelLogoutUri: `${inbox.url}/told` }), await addService()];
});
afterAll(() => Promise.all([door.close(), inbox.close()]));
beforeEach(forgetLimits);

const byeOf = ({ back }: TestService) => back.replace("/back", "/bye");
const signedIn = async () => {
  const browser = await signInOn(await makeAccount());
  const { tokens } = await door.enter(own, browser.from.sessionToken);
  return { browser, tokens };
};
const logOut = async (fields: Record<string, string>, browser?: Browser) =>
  (await door.visit(`/openid/logout?${new URLSearchParams(fields)}`, browser?.from.sessionToken)).location;

describe("A service that signs its person out", () => {
  it("ends the session at once by its ID token, and its person is back at the registered address with its state", async () => {
    const { browser, tokens } = await signedIn();
    const to = await logOut({ id_token_hint: tokens.id_token, post_logout_redirect_uri: byeOf(own), state: "s" }, browser);
    expect([to?.href, await isAlive(browser)]).toEqual([`${byeOf(own)}?state=s`, false]);
  });

  it("with an ID token of another person, of another service or forged has the person asked, and the session stays (OC-10)", async () => {
    const [{ browser, tokens }, victim] = [await signedIn(), await signedIn()];
    const { key } = await signingKey("RS256");
    const claims = decodeJwt(victim.tokens.id_token);
    const unsigned = new UnsecuredJWT(claims).encode();
    // The published half as a shared secret (RFC 8725 2.1).
    const published = createPublicKey(key).export({ type: "spki", format: "der" });
    const confused = await new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(published);
    const wrongKind = await new SignJWT(claims).setProtectedHeader({ alg: "RS256", typ: "logout+jwt" }).sign(key);
    const elsewhere = await new SignJWT({ ...claims, iss: "https://evil.example" }).setProtectedHeader({ alg: "RS256" }).sign(key);
    const hints = [tokens.id_token, unsigned, confused, wrongKind, elsewhere, `${victim.tokens.id_token.slice(0, -4)}AAAA`, "", "x"];
    for (const id_token_hint of hints) {
      const to = await logOut({ id_token_hint, post_logout_redirect_uri: byeOf(own) }, victim.browser);
      expect(to?.pathname).toBe("/continue/sign-out");
    }
    const forAnother = { id_token_hint: victim.tokens.id_token, client_id: other.id, post_logout_redirect_uri: byeOf(other) };
    const asked = await logOut(forAnother, victim.browser);
    expect([asked?.pathname, asked?.search]).toEqual(["/continue/sign-out", ""]);
    expect([await isAlive(victim.browser), await isAlive(browser)]).toEqual([true, true]);
    expect((await logOut(forAnother))?.href).toBe(`${env().publicOrigin}/`);
    const forged = { id_token_hint: unsigned, client_id: own.id, post_logout_redirect_uri: byeOf(own) };
    expect([(await logOut(forged, victim.browser))?.search, (await logOut(forged))?.href]).toEqual(["", `${env().publicOrigin}/`]);
  });

  it("ends the session by its ID token also after the token expired, and by none that was not signed here (OC-10)", async () => {
    const { browser, tokens } = await signedIn();
    const { key, kid } = await signingKey("RS256");
    const past = Math.floor(Date.now() / 1000) - 86_400;
    const claims = { ...decodeJwt(tokens.id_token), iat: past, exp: past + 600 };
    const signed = (by: Parameters<SignJWT["sign"]>[0]) => new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid }).sign(by);
    const { privateKey } = await generateKeyPair("RS256");
    const to = async (id_token_hint: string) => (await logOut({ id_token_hint, post_logout_redirect_uri: byeOf(own) }, browser))?.href;
    expect(await to(await signed(privateKey))).toContain("/continue/sign-out");
    expect([await isAlive(browser), await to(await signed(key)), await isAlive(browser)]).toEqual([true, byeOf(own), false]);
  });

  it("by its ID token leads nowhere that another service registered: the session ends and the person is at the home page (OC-01, OC-10)", async () => {
    const { browser, tokens } = await signedIn();
    const to = await logOut({ id_token_hint: tokens.id_token, post_logout_redirect_uri: byeOf(other), state: "s" }, browser);
    expect([to?.href, await isAlive(browser)]).toEqual([`${env().publicOrigin}/`, false]);
    // An ID token of another service names that service, so only the addresses of that service are accepted.
    const next = await signedIn();
    const asked = { client_id: other.id, id_token_hint: next.tokens.id_token, post_logout_redirect_uri: byeOf(own) };
    expect([(await logOut(asked, next.browser))?.href, await isAlive(next.browser)]).toEqual([
      `${env().publicOrigin}/continue/sign-out?`,
      true,
    ]);
  });

  it("without an ID token has the person asked by a page that knows where it goes on (OC-10)", async () => {
    const { browser } = await signedIn();
    const asked = await logOut({ client_id: own.id, post_logout_redirect_uri: byeOf(own), state: "s" }, browser);
    expect([asked?.pathname, Object.fromEntries(asked?.searchParams ?? [])]).toEqual([
      "/continue/sign-out",
      { client: own.id, post_logout_redirect_uri: byeOf(own), state: "s" },
    ]);
    expect(await isAlive(browser)).toBe(true);
  });

  it("leads to an address that it registered and to no other, in any spelling (OC-01, I05)", async () => {
    const { tokens } = await signedIn();
    for (const where of [...ELSEWHERE, `${byeOf(own)}/`, `${byeOf(own)}?x`, `${byeOf(own)}#x`, byeOf(other), own.back])
      expect(`${where} ${await logOut({ id_token_hint: tokens.id_token, post_logout_redirect_uri: where })}`).toBe(
        `${where} ${env().publicOrigin}/`,
      );
  });
});

/** The jobs that wait to tell a service, by what they tell. */
const waiting = async (sessionId: string) => {
  const jobs = await sql<{ id: string }>`
    SELECT l.id FROM openid_logins l JOIN graphile_worker._private_jobs j ON j.payload->>'loginId' = l.id::text
    WHERE l.client_id = ${own.id} AND l.session_id IS NULL AND l.sid = ${sessionId}`;
  return jobs.map(({ id }) => id);
};

describe("The end of a session", () => {
  const ends: [string, (browser: Browser) => Promise<unknown>][] = [
    ["signing out here", ({ from }) => endSession(from.sessionToken, requester)],
    ["the person at another device", ({ acting }) => endOwnSession(acting.userId, acting.sessionId, requester)],
    [
      "the person at another device that keeps its own session",
      async (browser) => {
        const kept = await signInOn({ ...browser.acting, e164: "", phoneId: "" });
        await endOtherSessions(browser.acting.userId, kept.acting.sessionId, requester);
      },
    ],
    ["staff who end all sessions, or a reset", ({ acting }) => endAllSessions(sql, acting.userId)],
    ["a suspension", ({ acting }) => transaction((tx) => suspend(tx, { id: acting.userId, locale: "ja" }, "cli:test"))],
    ["the deletion of the account", ({ acting }) => sql`DELETE FROM users WHERE id = ${acting.userId}::uuid`],
  ];

  it.each(ends)("by %s stops its tokens and is told to its service by a signed token (OC-06)", async (_, end) => {
    const { browser, tokens } = await signedIn();
    const { sid, sub } = decodeJwt(tokens.id_token);
    await end(browser);
    expect((await door.refresh(own, tokens.refresh_token)).body.error).toBe("invalid_grant");
    expect((await door.userinfo(tokens.access_token)).status).toBe(401);
    const [job, ...more] = await waiting(String(sid));
    expect(more).toEqual([]);
    inbox.arrived.length = 0;
    inbox.answer(answers(500));
    await expect(tellLogout(job ?? "")).rejects.toThrow("500");
    inbox.answer(answers(200));
    await tellLogout(job ?? "");
    await tellLogout(job ?? "");
    expect(inbox.arrived).toHaveLength(2);
    const token = new URLSearchParams(inbox.arrived[1]?.body.toString()).get("logout_token") ?? "";
    const keys = createRemoteJWKSet(new URL(`${door.url}/.well-known/jwks.json`));
    const told = await jwtVerify(token, keys, { issuer: env().publicOrigin, audience: own.id, typ: "logout+jwt", algorithms: ["RS256"] });
    expect(told.payload).toMatchObject({ sid, sub, events: { "http://schemas.openid.net/event/backchannel-logout": {} } });
    expect(told.payload).not.toHaveProperty("nonce");
    await sql`DELETE FROM graphile_worker._private_jobs WHERE payload->>'loginId' = ${job ?? ""}`;
  });

  it("is not told to a service that does not want to know, or that was removed", async () => {
    const quiet = await addService({ firstParty: true, backchannelLogoutUri: null });
    const browser = await signInOn(await makeAccount());
    await door.enter(quiet, browser.from.sessionToken);
    await endSession(browser.from.sessionToken, requester);
    expect(await sql`SELECT 1 FROM openid_logins WHERE client_id = ${quiet.id}`).toEqual([]);
  });
});
