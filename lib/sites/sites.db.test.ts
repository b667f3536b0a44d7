import { randomUUID } from "node:crypto";
import { decodeProtectedHeader, importJWK, jwtVerify } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { endSessionsOf, suspendAccount } from "#lib/accounts/suspend";
import { newToken } from "#lib/crypto/hash";
import { publishedKeys } from "#lib/db/signing-keys";
import { sql } from "#lib/db/sql";
import { cleanUp } from "#lib/jobs/clean-up";
import { SESSION, SITE_TICKET_SECONDS } from "#lib/limits/policy";
import { readChallenge } from "#lib/purposes/challenges";
import { endOwnSession, endSession } from "#lib/sessions/end-session";
import { readSession } from "#lib/sessions/read-session";
import { ASSERTION_SECONDS, signAssertion } from "#lib/sites/assertion";
import { checkVisitor } from "#lib/sites/check";
import { browserDigest, exchangeTicket, issueTicket } from "#lib/sites/enter";
import { addSite, findSite, listSites, removeSite, setLevel } from "#lib/sites/registry";
import type { Site } from "#lib/sites/site";
import { openWayIn, siteOfLink } from "#lib/sites/way-in";
import { bindFactor, count, forgetLimits, makeAccount, must, requester, setClock, together } from "#lib/testing/fixtures";
import { type Browser, openStepUp, signInOn, stepUp } from "#lib/testing/signed-in";

// A browser gets into a site by a ticket of its own, once, and is out of it with its session.

const BY = "cli:test";

async function makeSite(): Promise<Site> {
  const host = must(await addSite(`${randomUUID()}.example`, "aal1", BY));
  const site = await findSite(host);
  if (!site) throw new Error("not there");
  return site;
}

/** A browser that began at a site: what its cookie holds, and the digest that its link names. */
const beginning = () => {
  const secret = newToken();
  return { secret, browser: browserDigest(secret) };
};

const ticketFor = async (site: Site, { acting: { sessionId } }: Browser, browser: string) =>
  must(await issueTicket({ siteId: site.id, sessionId, browser }));

/** Takes a signed-in browser into a site; the token of its cookie there. */
async function enter(site: Site, person: Browser): Promise<string> {
  const { secret, browser } = beginning();
  const entered = await exchangeTicket({ ticket: await ticketFor(site, person, browser), host: site.host, secret }, requester);
  if (!entered) throw new Error("refused");
  return entered.token;
}

const visitorOf = async (site: Site, token: string) => (await checkVisitor(site.host, token))?.visitor ?? null;
const rowsOf = ({ acting: { sessionId } }: Browser) =>
  count(sql<{ n: number }>`SELECT count(*)::int AS n FROM site_sessions WHERE session_id = ${sessionId}::uuid`);

beforeEach(forgetLimits);
afterEach(() => setClock(0));

describe("A ticket", () => {
  it("is exchanged once, however many ask at once (FW-02)", async () => {
    const [site, person] = [await makeSite(), await signInOn(await makeAccount())];
    const { secret, browser } = beginning();
    const ticket = await ticketFor(site, person, browser);
    const all = await together(20, () => exchangeTicket({ ticket, host: site.host, secret }, requester));
    expect(all.filter(Boolean)).toHaveLength(1);
    expect(await exchangeTicket({ ticket, host: site.host, secret }, requester)).toBeNull();
    expect(await rowsOf(person)).toBe(1);
  });

  it("of a stranger is refused in a browser that did not begin it, and is spent by that (FW-02)", async () => {
    const [site, person] = [await makeSite(), await signInOn(await makeAccount())];
    for (const other of ["", beginning().secret]) {
      const { secret, browser } = beginning();
      const ticket = await ticketFor(site, person, browser);
      expect(await exchangeTicket({ ticket, host: site.host, secret: other }, requester)).toBeNull();
      expect(await exchangeTicket({ ticket, host: site.host, secret }, requester)).toBeNull();
    }
  });

  it("for one host opens no other (FW-02)", async () => {
    const [site, other, person] = [await makeSite(), await makeSite(), await signInOn(await makeAccount())];
    const { secret, browser } = beginning();
    const ticket = await ticketFor(site, person, browser);
    expect(await exchangeTicket({ ticket, host: other.host, secret }, requester)).toBeNull();
  });

  it("ends after its seconds, with its session, and with its account (FW-02)", async () => {
    const site = await makeSite();
    const ends: ((person: Browser) => Promise<unknown>)[] = [
      () => setClock(SITE_TICKET_SECONDS + 1),
      ({ from }) => endSession(from.sessionToken, requester),
      ({ acting }) => suspendAccount(acting.email, BY),
      ({ acting }) => sql`UPDATE users SET disabled_at = app_now() WHERE id = ${acting.userId}::uuid`,
      ({ acting }) => sql`UPDATE sessions SET last_seen_at = app_now() - interval '61 minutes' WHERE id = ${acting.sessionId}::uuid`,
    ];
    for (const end of ends) {
      const person = await signInOn(await makeAccount());
      const { secret, browser } = beginning();
      const ticket = await ticketFor(site, person, browser);
      await end(person);
      expect(await exchangeTicket({ ticket, host: site.host, secret }, requester), String(end)).toBeNull();
      await setClock(0);
    }
  });

  it("is issued thirty times a minute to one session, and to another beside it (FW-02)", async () => {
    const [site, person] = [await makeSite(), await signInOn(await makeAccount())];
    const { browser } = beginning();
    const ask = ({ acting: { sessionId } }: Browser) => issueTicket({ siteId: site.id, sessionId, browser });
    const all = await together(35, () => ask(person));
    expect(all.filter(({ ok }) => ok)).toHaveLength(30);
    expect(await ask(await signInOn(await makeAccount()))).toMatchObject({ ok: true });
  });

  it("is stored as a hash, and its row is deleted when it was not used (FW-02)", async () => {
    const [site, person] = [await makeSite(), await signInOn(await makeAccount())];
    const ticket = await ticketFor(site, person, beginning().browser);
    const [row] = await sql<{
      row: string;
    }>`SELECT e::text AS row FROM site_sessions e WHERE session_id = ${person.acting.sessionId}::uuid`;
    expect(row?.row).not.toContain(Buffer.from(ticket, "base64url").toString("hex"));
    expect(row?.row).not.toContain(ticket);
    await setClock(SITE_TICKET_SECONDS + 1);
    await cleanUp();
    expect(await rowsOf(person)).toBe(0);
  });
});

describe("The cookie of a site", () => {
  it("names its person at its own host alone (FW-01)", async () => {
    const [site, other, account] = [await makeSite(), await makeSite(), await makeAccount()];
    await sql`INSERT INTO user_groups (user_id, name) VALUES (${account.userId}::uuid, 'staff'), (${account.userId}::uuid, 'abroad')`;
    const token = await enter(site, await signInOn(account));
    expect(await visitorOf(site, token)).toMatchObject({
      userId: account.userId,
      email: account.email,
      groups: ["abroad", "staff"],
      acr: "aal2",
    });
    expect(await visitorOf(other, token)).toBeNull();
    expect(await checkVisitor("unknown.example", token)).toBeUndefined();
    for (const odd of ["", "x", newToken(), `${token}x`]) expect(await visitorOf(site, odd)).toBeNull();
  });

  it("is no session of ours, and a session of ours is no cookie of a site (FW-01)", async () => {
    const [site, person] = [await makeSite(), await signInOn(await makeAccount())];
    expect(await readSession(await enter(site, person))).toBeNull();
    expect(await visitorOf(site, person.from.sessionToken)).toBeNull();
  });

  const ends: Record<string, (person: Browser, site: Site) => Promise<unknown>> = {
    "its session is signed out": ({ from }) => endSession(from.sessionToken, requester),
    "its session is ended from another device": ({ acting }) => endOwnSession(acting.userId, acting.sessionId, requester),
    "an operator ends the sessions of the account": ({ acting }) => endSessionsOf(acting.email, BY),
    "the account is suspended": ({ acting }) => suspendAccount(acting.email, BY),
    "the account is disabled while its sessions stay": ({ acting }) =>
      sql`UPDATE users SET disabled_at = app_now() WHERE id = ${acting.userId}::uuid`,
    "the account is deleted": ({ acting }) => sql`DELETE FROM users WHERE id = ${acting.userId}::uuid`,
    "the session has been idle": () => setClock(SESSION.idle + 1),
    "the site is removed": (_, site) => removeSite(site.host, BY),
  };
  it.each(Object.entries(ends))("ends at once when %s (FW-03)", async (_, end) => {
    const [site, person] = [await makeSite(), await signInOn(await makeAccount())];
    const token = await enter(site, person);
    expect(await visitorOf(site, token)).not.toBeNull();
    await end(person, site);
    expect(await visitorOf(site, token)).toBeNull();
  });

  it("goes on when a step-up gives its session another token (FW-03)", async () => {
    const [site, person] = [await makeSite(), await signInOn(await makeAccount())];
    const token = await enter(site, person);
    await stepUp(person, "enter_site");
    expect(await visitorOf(site, token)).toMatchObject({ acr: "aal2" });
  });

  it("keeps its session from idling (FW-03)", async () => {
    const [site, person] = [await makeSite(), await signInOn(await makeAccount())];
    const token = await enter(site, person);
    for (const at of [SESSION.idle - 60, 2 * (SESSION.idle - 60)]) {
      await setClock(at);
      expect(await visitorOf(site, token)).not.toBeNull();
    }
    expect(await readSession(person.from.sessionToken)).not.toBeNull();
  });

  it("takes the place of the one that the browser had there (FW-01)", async () => {
    const [site, other, person] = [await makeSite(), await makeSite(), await signInOn(await makeAccount())];
    const [first, elsewhere] = [await enter(site, person), await enter(other, person)];
    const second = await enter(site, person);
    expect(await visitorOf(site, first)).toBeNull();
    expect([await visitorOf(site, second), await visitorOf(other, elsewhere)]).not.toContain(null);
  });

  it("names nobody while its session owes a step (FW-01)", async () => {
    const [site, person] = [await makeSite(), await signInOn(await makeAccount())];
    const token = await enter(site, person);
    await sql`UPDATE authenticators SET disabled_at = app_now() WHERE user_id = ${person.acting.userId}::uuid AND kind = 'recovery_codes'`;
    expect(await visitorOf(site, token)).toBeNull();
  });
});

describe("A level", () => {
  const linkTo = (site: Site, path: string) => ({
    host: site.host,
    begun: beginning().browser,
    to: Buffer.from(path).toString("base64url"),
  });
  const entrant = ({ acting: { sessionId, userId } }: Browser, amr: string[]) => ({ sessionId, userId, amr });

  it("that the session has not reached leads to a step-up, which it needs once (FW-04)", async () => {
    const [made, person] = [await makeSite(), await signInOn(await makeAccount())];
    must(await setLevel(made.host, "/pay", "aal2", BY));
    const site = (await findSite(made.host)) ?? made;
    const trusted = entrant(person, ["pwd", "trusted_device"]);
    expect(await openWayIn(site, linkTo(site, "/"), trusted)).toMatchObject({ is: "open" });
    expect(await openWayIn(site, linkTo(site, "/pay/1"), trusted)).toEqual({ is: "step_up", action: "enter_site" });
    await stepUp(person, "enter_site");
    expect(await openWayIn(site, linkTo(site, "/pay/1"), trusted)).toMatchObject({ is: "open" });
    await setClock(SESSION.idle - 60);
    expect(await openWayIn(site, linkTo(site, "/pay/1"), trusted)).toMatchObject({ is: "open" });
  });

  it("of a passkey is reached by a passkey alone (FW-04)", async () => {
    const [made, account] = [await makeSite(), await makeAccount()];
    must(await setLevel(made.host, null, "passkey", BY));
    const [site, texting] = [(await findSite(made.host)) ?? made, await signInOn(account)];
    const person = await stepUp(texting, "manage_factors");
    const texted = entrant(person, ["pwd", "sms"]);
    expect(await openWayIn(site, linkTo(site, "/"), texted)).toEqual({ is: "passkey_missing" });
    await bindFactor(account.userId, "passkey");
    expect(await openWayIn(site, linkTo(site, "/"), texted)).toEqual({ is: "step_up", action: "enter_site_passkey" });
    const challenge = await openStepUp(person, "enter_site_passkey");
    expect((await readChallenge(challenge))?.view?.methods).toEqual([{ method: "passkey" }]);
    expect(await openWayIn(site, linkTo(site, "/"), texted)).toMatchObject({ is: "step_up" });
    expect(await openWayIn(site, linkTo(site, "/"), entrant(person, ["pwd", "hwk"]))).toMatchObject({ is: "open" });
  });

  it("is open to links of registered hosts alone (FW-05)", async () => {
    const site = await makeSite();
    expect(await siteOfLink({ ...linkTo(site, "/"), host: site.host.toUpperCase() })).toMatchObject({ id: site.id });
    for (const odd of [{ host: "evil.example" }, { host: "" }, { host: `${site.host}@evil.example` }, { begun: "" }, { begun: "x" }])
      expect(await siteOfLink({ ...linkTo(site, "/"), ...odd }), JSON.stringify(odd)).toBeUndefined();
  });
});

describe("An assertion", () => {
  it("is for one host, for a minute, and verifies with the published keys (FW-06)", async () => {
    const [site, account] = [await makeSite(), await makeAccount()];
    const checked = await checkVisitor(site.host, await enter(site, await signInOn(account)));
    if (!checked?.visitor) throw new Error("nobody");
    const assertion = await signAssertion(checked.visitor, site.host, checked.key);
    const { kid, typ, alg } = decodeProtectedHeader(assertion);
    expect({ typ, alg }).toEqual({ typ: "sekisho-assertion+jwt", alg: "EdDSA" });
    const jwk = (await publishedKeys()).keys.find((one) => (one as { kid?: string }).kid === kid);
    const { payload } = await jwtVerify(assertion, await importJWK(jwk as never, "EdDSA"), { audience: site.host });
    expect(payload).toMatchObject({ sub: account.userId, email: account.email, acr: "aal2", groups: [] });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(ASSERTION_SECONDS);
    await expect(jwtVerify(assertion, await importJWK(jwk as never, "EdDSA"), { audience: "other.example" })).rejects.toThrow();
  });
});

describe("Sites", () => {
  it("are registered once, in one spelling, and never at our own host; each act is recorded (FW-05)", async () => {
    const host = `${randomUUID()}.example`;
    expect(await addSite(`${host.toUpperCase()}.`, "aal2", BY)).toEqual({ ok: true, value: host });
    expect(await addSite(host, "aal1", BY)).toMatchObject({ error: "there_already" });
    expect(await addSite(`https://${host}/`, "aal1", BY)).toMatchObject({ error: "bad_host" });
    expect(await addSite("localhost:3000", "aal1", BY)).toMatchObject({ error: "own_host" });
    must(await setLevel(host, "/admin", "passkey", BY));
    must(await setLevel(host, "/pay", "aal2", BY));
    must(await setLevel(host, "/pay", null, BY));
    expect(await setLevel(host, "/pay", null, BY)).toMatchObject({ error: "not_there" });
    expect(await setLevel(host, "/%61", "aal2", BY)).toMatchObject({ error: "bad_prefix" });
    expect((await listSites()).find((one) => one.host === host)).toMatchObject({ level: "aal2", levels: { "/admin": "passkey" } });
    must(await removeSite(host, BY));
    expect(await removeSite(host, BY)).toMatchObject({ error: "not_there" });
    const events = await sql<{ event: string }>`SELECT event FROM audit_events WHERE method LIKE ${`${host}%`} ORDER BY id`;
    expect(events.map(({ event }) => event)).toEqual(["site.added", "site.changed", "site.changed", "site.changed", "site.removed"]);
  });
});
