import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { unseal } from "#lib/crypto/seal";
import { sql } from "#lib/db/sql";
import { connectionOf, secretsPlace } from "#lib/delivery/provider-accounts/connections";
import { orderProviderAccounts } from "#lib/delivery/provider-accounts/routes";
import type { ProviderAccountInput } from "#lib/delivery/provider-accounts/shape";
import {
  addProviderAccount,
  changeProviderAccount,
  listProviderAccounts,
  removeProviderAccount,
  setProviderAccountDisabled,
} from "#lib/delivery/provider-accounts/store";
import { must } from "#lib/testing/fixtures";

const secret = "one secret of thirty-two characters".replaceAll(" ", "-");
const webhook: ProviderAccountInput = { name: "gateway", kind: "webhook", baseUrl: "https://sms.example.jp/send", secrets: { secret } };
const add = (more: Partial<ProviderAccountInput> = {}) => addProviderAccount({ ...webhook, ...more });
const order = async () => (await listProviderAccounts()).map((line) => line.name);

afterEach(async () => {
  await sql`DELETE FROM provider_accounts WHERE kind <> 'demo'`;
});

describe("A provider account", () => {
  it("keeps its secret sealed: it is in no row, list or error, and does not open in another account's row (caveat 2, PH-03)", async () => {
    const line = must(await add());
    expect([JSON.stringify(line), line.secrets]).toEqual([expect.not.stringContaining(secret), ["secret"]]);
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--input-type=module",
      "-e",
      `import pg from "pg"; const c = new pg.Client(process.env.DATABASE_URL); await c.connect(); console.log(JSON.stringify((await c.query("SELECT * FROM provider_accounts")).rows)); await c.end();`,
    ]);
    expect(stdout).toContain("gateway");
    expect(stdout).not.toContain(secret);
    must(await add({ name: "other" }));
    await sql`UPDATE provider_accounts o SET secrets_sealed = g.secrets_sealed, version = o.version + 1 FROM provider_accounts g WHERE o.name = 'other' AND g.name = 'gateway'`;
    const [other] = await sql<{ id: string; version: number }>`SELECT id, version FROM provider_accounts WHERE name = 'other'`;
    await expect(connectionOf(other as { id: string; version: number })).rejects.toThrow("does not open");
    const refused = await add({ name: "third", secrets: { secret: "too-short-a-secret" } });
    expect(JSON.stringify(refused)).not.toContain("too-short-a-secret");
    expect(refused.ok).toBe(false);
  });

  it.each([
    ["name", { name: "Gate Way" }],
    ["name", { name: "../x" }],
    ["kind", { kind: "carrier-pigeon" }],
    ["kind", { kind: "demo" }],
    ["channels", { channels: ["fax"] }],
    ["countries", { countries: ["Japan"] }],
    ["countries", { countries: [] }],
    ["order", { order: -1 }],
    ["order", { order: Number.NaN }],
    ["weight", { weight: 0 }],
    ["price", { price: "8,5" }],
    ["sender", { sender: "0005\n1234" }],
    ["base-url", { baseUrl: "http://sms.example.jp" }],
    ["base-url", { baseUrl: "http://127.0.0.1.example.jp" }],
    ["base-url", { baseUrl: "https://user:secret@sms.example.jp" }],
    ["base-url", { baseUrl: "file:///etc/passwd" }],
    ["base-url", { baseUrl: undefined }],
    ["setting other", { settings: { other: "1" } }],
    ["secret other", { secrets: { secret, other: "1" } }],
    ["secret secret", { secrets: {} }],
  ])("with a wrong %s is refused by that name, and nothing is written", async (field, more) => {
    const refused = await add(more);
    expect(refused).toMatchObject({ ok: false, error: expect.arrayContaining([expect.objectContaining({ field })]) });
    expect(await order()).toEqual(["demo", "demo-2"]);
  });

  it("may be reached over plain http on loopback alone", async () => {
    for (const baseUrl of ["http://127.0.0.1:8080/x", "http://localhost:1", "http://[::1]:9/"]) {
      must(await add({ baseUrl }));
      must(await removeProviderAccount("gateway"));
    }
  });

  it("whose name is taken is refused, also when both come at once", async () => {
    const results = await Promise.all([add(), add(), add()]);
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    expect(results.find((result) => !result.ok)).toMatchObject({ error: [{ field: "name", problem: "is taken by another account" }] });
  });

  it("that names countries goes before those that serve all, and both before the demo network: the domestic direct route first", async () => {
    must(await add({ name: "abroad" }));
    must(await add({ name: "domestic", countries: ["JP"] }));
    must(await add({ name: "domestic-2", countries: ["JP"] }));
    must(await add({ name: "abroad-2" }));
    expect(await order()).toEqual(["domestic", "domestic-2", "abroad", "abroad-2", "demo", "demo-2"]);
  });

  it("takes the place it is given, for one channel and country alone where that is said", async () => {
    for (const name of ["one", "two", "three"]) must(await add({ name, countries: ["JP", "US"] }));
    must(await orderProviderAccounts(["three", "one"]));
    expect(await order()).toEqual(["three", "one", "two", "demo", "demo-2"]);
    must(await orderProviderAccounts(["two"], { channel: "VOICE", country: "US" }));
    const first = (channel: string, country: string) => sql<{ name: string }>`
      SELECT a.name FROM provider_routes r JOIN provider_accounts a ON a.id = r.account_id
      WHERE r.channel = ${channel}::channel AND r.country = ${country} ORDER BY r.position LIMIT 1`;
    expect([await first("VOICE", "US"), await first("SMS", "US"), await first("VOICE", "JP")].map((rows) => rows[0]?.name)).toEqual([
      "two",
      "three",
      "three",
    ]);
    expect(await orderProviderAccounts(["nobody"])).toMatchObject({ ok: false });
  });

  it("is changed in what is named alone; a new secret takes the place of the old, and workers make its adapter anew", async () => {
    must(await add({ price: "8.5", sender: "0005 1234", countries: ["JP"], order: 7 }));
    const [before] = await sql<{
      version: number;
      secretsSealed: string;
    }>`SELECT version, secrets_sealed FROM provider_accounts WHERE name = 'gateway'`;
    const line = must(await changeProviderAccount("gateway", { secrets: { secret: `${secret}-new` }, settings: { check: "true" } }));
    expect(line).toMatchObject({
      price: "8.5",
      sender: "0005 1234",
      settings: { check: true },
      routes: [
        { country: "JP", position: 7 },
        { country: "JP", position: 7 },
      ],
    });
    const [after] = await sql<{
      version: number;
      secretsSealed: string;
    }>`SELECT version, secrets_sealed FROM provider_accounts WHERE name = 'gateway'`;
    expect(after?.version).toBe((before?.version ?? 0) + 1);
    expect(after?.secretsSealed).not.toBe(before?.secretsSealed);
    expect(await changeProviderAccount("demo", { price: "1" })).toMatchObject({ ok: false });
  });

  it("keeps its place and weight, rule by rule, whatever else is changed", async () => {
    must(await add({ name: "first", countries: ["JP"], weight: 3 }));
    must(await add({ name: "second", countries: ["JP"] }));
    must(await orderProviderAccounts(["second"], { channel: "VOICE" }));
    const rules = async () =>
      (await listProviderAccounts("first"))[0]?.routes.map((route) => [route.channel, route.country, route.position, route.weight]);
    const before = await rules();
    must(await changeProviderAccount("first", { price: "9" }));
    must(await changeProviderAccount("first", { channels: ["sms", "voice"] }));
    must(await changeProviderAccount("first", { countries: ["JP"] }));
    expect(await rules()).toEqual(before);
    must(await changeProviderAccount("first", { countries: ["JP", "US"] }));
    expect((await rules())?.filter(([, country]) => country === "JP")).toEqual(before);
    expect((await rules())?.filter(([, country]) => country === "US")).toEqual(
      before?.map(([channel, , ...rest]) => [channel, "US", ...rest]),
    );
    must(await changeProviderAccount("first", { weight: 5 }));
    expect((await rules())?.map(([, , position, weight]) => [position, weight])).toEqual(
      ["JP", "US"].flatMap(() => before?.map(([, , position]) => [position, 5])).toSorted(),
    );
  });

  it("is entered and changed by one operator at a time: no two share a place by accident, and no change takes back another", async () => {
    await Promise.all(["one", "two", "three", "four"].map((name) => add({ name, countries: ["JP"] })));
    const places = (await listProviderAccounts()).filter((line) => line.kind !== "demo").map((line) => line.routes[0]?.position);
    expect(new Set(places).size).toBe(4);
    const newSecret = "n".repeat(32);
    await Promise.all([
      changeProviderAccount("one", { price: "1" }),
      changeProviderAccount("one", { secrets: { secret: newSecret } }),
      changeProviderAccount("one", { sender: "0005" }),
      changeProviderAccount("one", { settings: { check: "true" } }),
      orderProviderAccounts(["four", "three", "two", "one"]),
      orderProviderAccounts(["one", "two", "three", "four"]),
    ]);
    const [line] = await listProviderAccounts("one");
    expect(line).toMatchObject({ price: "1", sender: "0005", settings: { check: true } });
    const [row] = await sql<{ sealed: string }>`SELECT secrets_sealed AS sealed FROM provider_accounts WHERE name = 'one'`;
    expect(JSON.parse(unseal(row?.sealed ?? "", secretsPlace(line?.id ?? "")))).toEqual({ secret: newSecret });
    const names = (await order()).slice(0, 4).join();
    expect(["one,two,three,four", "four,three,two,one"]).toContain(names);
  });

  it("goes first for a country also before those that serve all; without a rule for it, it is told so and nothing moves", async () => {
    must(await add({ name: "abroad" }));
    must(await add({ name: "domestic", countries: ["JP"] }));
    must(await orderProviderAccounts(["abroad"]));
    must(await orderProviderAccounts(["domestic"], { country: "JP" }));
    const place = async (name: string) => (await listProviderAccounts(name))[0]?.routes.map((route) => route.position) ?? [];
    expect(Math.max(...(await place("domestic")))).toBeLessThan(Math.min(...(await place("abroad"))));
    const before = [await place("domestic"), await place("abroad")];
    for (const refused of [
      await orderProviderAccounts(["abroad"], { country: "US" }),
      await orderProviderAccounts(["domestic", "abroad"], { country: "JP" }),
    ])
      expect(refused).toMatchObject({ ok: false, error: [{ problem: expect.stringContaining("abroad has no rule of its own") }] });
    expect([await place("domestic"), await place("abroad")]).toEqual(before);
  });

  it("is told what is wrong in words, not in those of a schema", async () => {
    const refused = await addProviderAccount({ name: "kar", kind: "karaden", settings: { serviceId: "x" } });
    expect(refused).toMatchObject({
      ok: false,
      error: [
        { field: "setting tenantId", problem: "is missing" },
        { field: "setting serviceId", problem: "must be a number" },
        { field: "secret token", problem: "is missing" },
      ],
    });
    expect(await add({ settings: { check: "perhaps" } })).toMatchObject({
      error: [{ field: "setting check", problem: "must be true or false" }],
    });
  });

  it("can be disabled and enabled; the demo network cannot be removed", async () => {
    must(await add());
    must(await setProviderAccountDisabled("gateway", true));
    expect((await listProviderAccounts("gateway"))[0]?.disabled).toBe(true);
    must(await setProviderAccountDisabled("gateway", false));
    expect((await listProviderAccounts("gateway"))[0]?.disabled).toBe(false);
    expect([await removeProviderAccount("demo"), await setProviderAccountDisabled("nobody", true)]).toMatchObject([
      { ok: false },
      { ok: false },
    ]);
  });
});
