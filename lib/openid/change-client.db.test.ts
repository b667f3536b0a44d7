import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { authorOf } from "#lib/audit/author";
import { type ClientChange, changeClient, changeClientByCommand } from "#lib/console/change-client";
import { type Client, editionOf, readClient } from "#lib/console/clients";
import { sql, transaction } from "#lib/db/sql";
import { OpenIdAdapter } from "#lib/openid/adapter";
import { readInteraction } from "#lib/openid/interaction";
import { interactionCookie } from "#lib/openid/names";
import { count, forgetLimits, makeAccount, must } from "#lib/testing/fixtures";
import { addService, type OpenIdServer, openIdServer, requestOf, type TestService } from "#lib/testing/openid";
import { type Browser, signInOn } from "#lib/testing/signed-in";
import { forgetStaff, staffMember } from "#lib/testing/staff";

// A service that is changed while its people sign in: what goes on, what stops, and what the audit log keeps.

let door: OpenIdServer;
let browser: Browser;
beforeAll(async () => {
  door = await openIdServer();
  browser = await signInOn(await makeAccount());
});
afterAll(() => door.close());
beforeEach(forgetLimits);
beforeEach(forgetStaff);

const change = (id: string, typed: ClientChange) => changeClientByCommand(id, typed, "cli:test");
const changedTo = async (id: string, typed: ClientChange) => must(await change(id, typed));
const nowOf = async (id: string) => (await readClient(id)) as Client;
const events = async (id: string) => {
  const found = await sql<{ method: string }>`
    SELECT method FROM audit_events WHERE event = 'client.changed' AND method LIKE ${`${id} %`} ORDER BY id`;
  return found.map(({ method }) => method.replace(`${id} `, ""));
};
/** How many connections to this database wait for a lock. */
const waiting = () =>
  count(sql<{ n: number }>`
    SELECT count(DISTINCT l.pid)::int AS n FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid AND a.datname = current_database() WHERE NOT l.granted`);
/** An address beside the first one of a service. */
const beside = ({ back }: TestService) => back.replace("/back", "/other");

/** A request of a service on its way through our pages, and the cookies of its browser. */
async function onItsWay(service: TestService) {
  const { location, ...begun } = await door.authorize(requestOf(service).parameters, browser.from.sessionToken);
  expect(location?.pathname).toMatch(/^\/continue\/[\w-]{43}$/);
  const cookies = begun.cookies.map((one) => one.split(";")[0] ?? "");
  return { uid: location?.pathname.split("/")[2] ?? "", cookies, path: location?.pathname ?? "" };
}

describe("A service that is changed", () => {
  it("is led to its new address and no longer to one that was taken out (OC-11)", async () => {
    const service = await addService({ firstParty: true });
    await changedTo(service.id, { redirectUris: [beside(service)] });
    const led = async (back: string) =>
      (await door.authorize(requestOf({ ...service, back }).parameters, browser.from.sessionToken)).location?.pathname;
    expect([await led(service.back), await led(beside(service))]).toEqual(["/continue/refused", "/other"]);
  });

  it("stops a sign-in on its way to an address that was taken out, on our pages and after them, and no other (OC-11)", async () => {
    const service = await addService();
    must(await change(service.id, { redirectUris: [service.back, beside(service)] }));
    const [stopped, goesOn] = [await onItsWay(service), await onItsWay({ ...service, back: beside(service) })];
    await changedTo(service.id, { redirectUris: [beside(service)] });
    expect(await readInteraction(stopped.uid)).toBeNull();
    expect(await readInteraction(goesOn.uid)).not.toBeNull();
    const ended = async ({ path, cookies }: typeof stopped) =>
      (await door.visit(`${path}/finish?cancel`, browser.from.sessionToken, cookies)).location?.href ?? "";
    expect(await ended(stopped)).toContain("/continue/refused");
    const resumed = await door.visit(new URL(await ended(goesOn)).pathname, browser.from.sessionToken, goesOn.cookies);
    expect(`${resumed.location?.origin}${resumed.location?.pathname}`).toBe(beside(service));
    const late = await door.visit(`/openid/authorize/${stopped.uid}`, browser.from.sessionToken, stopped.cookies);
    expect(late.location?.pathname).toBe("/continue/refused");
  });

  it("gets nothing for a code that was sent to an address taken out since (OC-11)", async () => {
    const service = await addService({ firstParty: true });
    const { verifier, parameters } = requestOf(service);
    const code = (await door.authorize(parameters, browser.from.sessionToken)).location?.searchParams.get("code") ?? "";
    await changedTo(service.id, { redirectUris: [beside(service)] });
    expect((await door.exchange(service, code, verifier)).body.error).toBe("invalid_grant");
  });

  it("loses what it was given where it may have less: as another company's, or at a stronger level; and keeps it otherwise (OC-11)", async () => {
    const service = await addService({ firstParty: true });
    const lives = async (typed: ClientChange) => {
      const { tokens } = await door.enter(service, browser.from.sessionToken);
      await changedTo(service.id, typed);
      return (await door.refresh(service, tokens.refresh_token)).status === 200;
    };
    expect(await lives({ name: "お花", postLogoutRedirectUris: [], backchannelLogoutUri: null })).toBe(true);
    expect(await lives({ level: "urn:sekisho:acr:sms" })).toBe(false);
    expect(await lives({ level: null })).toBe(true);
    expect(await lives({ firstParty: false })).toBe(false);
    const silent = await door.authorize(requestOf(service, { prompt: "none" }).parameters, browser.from.sessionToken);
    expect(silent.location?.searchParams.get("error")).toBe("consent_required");
  });

  it("of which people need a passkey gets nobody without one, whatever weaker level it asks for (OC-07)", async () => {
    const service = await addService({ firstParty: true, level: "urn:sekisho:acr:passkey" });
    for (const acr_values of [null, "urn:sekisho:acr:sms"]) {
      const silent = await door.authorize(requestOf(service, { prompt: "none", acr_values }).parameters, browser.from.sessionToken);
      expect(silent.location?.searchParams.get("error")).toBe("unmet_authentication_requirements");
    }
    const uid = (await door.authorize(requestOf(service).parameters, browser.from.sessionToken)).location?.pathname.split("/")[2] ?? "";
    expect(await readInteraction(uid)).toMatchObject({ least: "urn:sekisho:acr:passkey" });
    await changedTo(service.id, { level: "urn:sekisho:acr:sms" });
    await door.enter(service, browser.from.sessionToken);
  });

  it("leaves each field as it was and as it is in the audit log, with its author, whatever it is named (LG-01)", async () => {
    const service = await addService({ firstParty: true, name: "A" });
    await changedTo(service.id, { name: "B staff:somebody (because)", level: "urn:sekisho:acr:app", redirectUris: [beside(service)] });
    const written = await events(service.id);
    expect(written).toEqual([
      '"A" → "B staff:somebody (because)" cli:test'.replaceAll(/(?<=B|somebody) /g, "\u00a0").replace(/^/, "name "),
      `redirect_uris ${service.back} → ${beside(service)} cli:test`,
      "level - → urn:sekisho:acr:app cli:test",
    ]);
    for (const method of written) expect(authorOf(method)).toMatchObject({ kind: "cli", id: "test", reason: null });
  });

  it("keeps the host of a pairwise service, whose people it would not recognise at another (OC-08)", async () => {
    const service = await addService({ pairwise: true });
    expect(await change(service.id, { redirectUris: ["https://elsewhere.example.jp/back"] })).toMatchObject({
      error: { fields: { redirectUris: "host_is_fixed" } },
    });
    await changedTo(service.id, { redirectUris: [beside(service)] });
  });

  it("takes nothing that it could not be registered with, no change that is none, and is one that exists", async () => {
    const service = await addService();
    const before = await nowOf(service.id);
    expect(await change(service.id, { redirectUris: ["http://shop.example.jp/"] })).toMatchObject({ error: { code: "invalid_input" } });
    expect(await change(service.id, { redirectUris: [] })).toMatchObject({ error: { code: "invalid_input" } });
    expect(await change(service.id, { name: before.name })).toMatchObject({ error: { reason: "no_change" } });
    expect(await change("none", { name: "x" })).toMatchObject({ error: { code: "not_found" } });
    expect([await nowOf(service.id), await events(service.id)]).toEqual([before, []]);
  });

  it("is not changed back by a form that was drawn before somebody took an address out (OC-11)", async () => {
    const admin = await staffMember("administrator");
    const service = await addService();
    const drawn = await nowOf(service.id);
    await changedTo(service.id, { redirectUris: [beside(service)] });
    const { name, redirectUris } = drawn;
    expect(await changeClient(admin, service.id, { name: `${name}2`, redirectUris }, editionOf(drawn))).toMatchObject({
      error: { code: "changed_since" },
    });
    expect((await nowOf(service.id)).redirectUris).toEqual([beside(service)]);
    const edition = editionOf(await nowOf(service.id));
    // The second form waits for the first one, and then sees what it changed.
    const { second } = await transaction(async (tx) => {
      await tx`UPDATE openid_clients SET name = ${"1"} WHERE id = ${service.id}`;
      const late = changeClient(admin, service.id, { name: "2" }, edition);
      await expect.poll(waiting, { timeout: 5_000 }).toBe(1);
      return { second: late };
    });
    expect(await second).toMatchObject({ error: { code: "changed_since" } });
  });
});

describe("A request that has ended", () => {
  const again = async (service: TestService) => {
    const { path, cookies, uid } = await onItsWay(service);
    // The first click uses the other cookie up.
    const own = cookies.filter((one) => one.startsWith(interactionCookie()));
    const click = async () => {
      const finished = await door.visit(`${path}/finish?cancel`, browser.from.sessionToken, own);
      const to = finished.location?.pathname ?? "";
      if (!to.startsWith("/openid/")) return to;
      const resuming = finished.cookies.map((one) => one.split(";")[0] ?? "");
      const { location } = await door.visit(to, browser.from.sessionToken, resuming);
      return `${location?.origin}${location?.pathname}?${location?.searchParams.get("error")}`;
    };
    return { click, uid };
  };

  it("leads whoever clicks twice where the first click led, for five minutes (OC-02)", async () => {
    const service = await addService();
    const { click, uid } = await again(service);
    const twice = [await click(), await click()];
    expect(twice).toEqual([`${service.back}?access_denied`, `${service.back}?access_denied`]);
    await sql`UPDATE openid_items SET expires_at = expires_at - interval '5 minutes' WHERE model = 'Interaction'`;
    expect(await new OpenIdAdapter("Interaction").find(uid)).toBeUndefined();
    expect(await click()).toBe("/continue/refused");
  });
});
