import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ProviderForm, providerInput } from "#lib/console/provider-fields";
import { actOnProvider, addProvider, callbackSeen, changeProvider, lastReceipt, listTrials, tryProvider } from "#lib/console/providers";
import { sql } from "#lib/db/sql";
import { takeReceipt } from "#lib/delivery/messages/callbacks";
import { listProviderAccounts, secretsOf } from "#lib/delivery/provider-accounts/store";
import { must, setClock } from "#lib/testing/fixtures";
import { forgetStaff, staffMember } from "#lib/testing/staff";

const SECRET = "one-secret-of-thirty-two-characters";
const gateway: ProviderForm = {
  name: "gateway",
  kind: "webhook",
  baseUrl: "http://127.0.0.1:9",
  sender: "0005 1234",
  countries: "JP",
  price: "８．５",
  "secret.secret": SECRET,
};

beforeEach(forgetStaff);
afterEach(() => setClock(0));
afterEach(async () => {
  await sql`DELETE FROM provider_accounts WHERE kind <> 'demo'`;
});

const administrator = () => staffMember("administrator");
const lineOf = async (name: string) => (await listProviderAccounts(name))[0];
const events = () =>
  sql<{ event: string; method: string }>`SELECT event, method FROM audit_events WHERE event LIKE 'provider.%' ORDER BY id DESC LIMIT 1`;

describe("A provider entered in the console", () => {
  it("is stored as the command stores it, with its secret sealed and an event that names the account and who acted", async () => {
    const admin = await administrator();
    expect(must(await addProvider(admin, gateway))).toBe("gateway");
    expect(await lineOf("gateway")).toMatchObject({ kind: "webhook", sender: "0005 1234", price: "8.5", secrets: ["secret"] });
    const [event] = await events();
    expect(event).toEqual({ event: "provider.added", method: expect.stringMatching(/^gateway staff:\S+$/) });
    const [row] = await sql<{ all: string }>`SELECT row_to_json(a)::text AS all FROM provider_accounts a WHERE name = 'gateway'`;
    expect(row?.all).not.toContain(SECRET);
  });

  it("keeps a secret that is left empty, clears a field that is emptied, and takes a new secret in place of the old one", async () => {
    const admin = await administrator();
    must(await addProvider(admin, gateway));
    must(await changeProvider(admin, { ...gateway, sender: "", price: "9", "secret.secret": "" }));
    const line = await lineOf("gateway");
    expect(line).toMatchObject({ sender: null, price: "9" });
    expect(await secretsOf(line?.id ?? "")).toEqual([SECRET]);
    must(await changeProvider(admin, { ...gateway, "secret.secret": SECRET.toUpperCase() }));
    expect(await secretsOf(line?.id ?? "")).toEqual([SECRET.toUpperCase()]);
  });

  it("is refused at the field that is wrong, in one answer for all of them, and nothing is stored or recorded", async () => {
    const [before] = await events();
    const wrong = { ...gateway, name: "Gate Way", price: "much", countries: "Japan", "secret.secret": "short" };
    const refused = await addProvider(await administrator(), wrong);
    const fields = { name: "invalid_input", price: "invalid_input", countries: "invalid_input", "secret.secret": "invalid_input" };
    expect(refused).toEqual({ ok: false, error: { code: "invalid_input", fields } });
    const missing = await addProvider(await administrator(), { ...gateway, "secret.secret": "" });
    expect(missing).toMatchObject({ error: { fields: { "secret.secret": "required" } } });
    expect(await lineOf("gateway")).toBeUndefined();
    expect(await events()).toEqual(before ? [before] : []);
  });

  it.each(["https://10.0.0.7/api", "https://169.254.169.254/latest", "https://[fd00::1]/", "https://[::ffff:192.168.0.1]/"])(
    "does not lead into the operator's own network: %s",
    async (baseUrl) => {
      const admin = await administrator();
      const field = { error: { fields: { baseUrl: "address_private" } } };
      expect(await addProvider(admin, { ...gateway, baseUrl })).toMatchObject(field);
      must(await addProvider(admin, gateway));
      expect(await changeProvider(admin, { ...gateway, baseUrl })).toMatchObject(field);
      expect((await lineOf("gateway"))?.baseUrl).toBe("http://127.0.0.1:9");
    },
  );

  it("moves up on one way alone: what is asked on every other way keeps its order", async () => {
    const admin = await administrator();
    const rule = (name: string, channel: string, country: string, position: number) => sql`
      INSERT INTO provider_routes (account_id, channel, country, position, weight)
      SELECT id, ${channel}::channel, ${country}, ${position}::int, 1 FROM provider_accounts WHERE name = ${name}`;
    for (const name of ["one", "two", "three"]) must(await addProvider(admin, { ...gateway, name }));
    await sql`DELETE FROM provider_routes WHERE account_id IN (SELECT id FROM provider_accounts WHERE kind <> 'demo')`;
    for (const channel of ["SMS", "VOICE"]) {
      await rule("one", channel, "JP", 10);
      await rule("two", channel, "JP", 20);
      await rule("three", channel, "*", 15);
      await rule("one", channel, "US", 10);
      await rule("two", channel, "US", 20);
    }
    const order = async (channel: string, country: string) =>
      (
        await sql<{ name: string }>`
          SELECT a.name FROM provider_routes r JOIN provider_accounts a ON a.id = r.account_id
          WHERE r.channel = ${channel}::channel AND r.country IN (${country}, '*') AND a.kind <> 'demo' ORDER BY r.position`
      ).map(({ name }) => name);
    must(await actOnProvider(admin, "two", "up", { channel: "SMS", country: "JP" }));
    expect(await order("SMS", "JP")).toEqual(["one", "two", "three"]);
    must(await actOnProvider(admin, "two", "up", { channel: "SMS", country: "JP" }));
    expect(await order("SMS", "JP")).toEqual(["two", "one", "three"]);
    for (const [channel, country] of [
      ["SMS", "US"],
      ["VOICE", "JP"],
      ["VOICE", "US"],
    ] as const)
      expect([channel, country, await order(channel, country)]).toEqual([channel, country, ["one", "three", "two"]]);
    const refused = { ok: false, error: { code: "not_allowed", reason: "no_change" } };
    expect(await actOnProvider(admin, "two", "up", { channel: "SMS", country: "JP" })).toMatchObject(refused);
    expect(await actOnProvider(admin, "three", "up", { channel: "SMS", country: "JP" })).toMatchObject(refused);
  });

  it("moves one place up, is disabled, enabled and removed, each with its event", async () => {
    const admin = await administrator();
    for (const name of ["first", "second", "third"]) must(await addProvider(admin, { ...gateway, name }));
    const order = async () => (await listProviderAccounts()).filter(({ kind }) => kind === "webhook").map(({ name }) => name);
    must(await actOnProvider(admin, "third", "up"));
    expect(await order()).toEqual(["first", "third", "second"]);
    for (const [act, event] of [
      ["disable", "provider.disabled"],
      ["enable", "provider.enabled"],
      ["remove", "provider.removed"],
    ] as const) {
      must(await actOnProvider(admin, "third", act));
      expect((await events())[0]?.event).toBe(event);
    }
    expect(await order()).toEqual(["first", "second"]);
  });

  it("cannot move above the first, and a name that is none is refused without an event", async () => {
    const admin = await administrator();
    const refused = { error: { code: "not_allowed", reason: "no_change" } };
    const [first] = (await listProviderAccounts()).filter(({ routes }) => routes.length > 0);
    expect(await actOnProvider(admin, first?.name ?? "", "up")).toMatchObject(refused);
    const [before] = await events();
    for (const act of ["up", "disable", "remove"] as const) expect(await actOnProvider(admin, "nobody", act)).toMatchObject(refused);
    expect((await events())[0]).toEqual(before);
  });

  it("is tried by a real text whose number stands in no event, and the trial is read from its row", async () => {
    const admin = await administrator();
    const tried = must(await tryProvider(admin, { name: "demo", number: "090-1234-5678", locale: "ja" }));
    expect((await listTrials("demo", 1))[0]).toMatchObject({ id: tried.attemptId, channel: "SMS" });
    const [event] = await events();
    expect(event?.event).toBe("provider.tried");
    expect(event?.method).not.toMatch(/0?90-?1234|12345678/);
    expect(await tryProvider(admin, { name: "demo", number: "12", locale: "ja" })).toMatchObject({
      error: { code: "number_not_accepted" },
    });
  });
});

describe("A callback that the operator sends", () => {
  const probe = (query: string) =>
    takeReceipt("gateway", {
      method: "POST",
      url: `https://id.example.jp/api/receipts/gateway?${query}`,
      query: new URLSearchParams(query),
      headers: new Headers(),
      body: "",
    });

  it("is noted with the key of the address alone, and changes no text", async () => {
    must(await addProvider(await administrator(), gateway));
    for (const query of ["probe", "probe&key=", "probe&key=guessed"]) expect(await probe(query)).toBe("forbidden");
    expect(await callbackSeen("gateway")).toBeNull();
    const key = URL.parse((await lineOf("gateway"))?.receipts ?? "")?.searchParams.get("key");
    if (key) {
      expect(await probe(`probe&key=${key}`)).toBe("accepted");
      expect(await callbackSeen("gateway")).not.toBeNull();
    }
    expect(key).toBeTruthy();
    expect(await lastReceipt("gateway")).toBeNull();
  });
});

describe("A form of a provider", () => {
  it("means the input of the command, whatever the spelling of its countries and its price", () => {
    expect(providerInput({ ...gateway, countries: "jp、us", "setting.check": " true " })).toMatchObject({
      countries: ["JP", "US"],
      price: "8.5",
      settings: { check: "true" },
      secrets: { secret: SECRET },
    });
  });
});
