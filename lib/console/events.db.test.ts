import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listDeliveries, readEvent, seenBy } from "#lib/console/event-log";
import { actOnEndpoint, addEndpointAsStaff, rotateEndpointAsStaff } from "#lib/console/events";
import { addKeyAsStaff, rotateKeyAsStaff } from "#lib/console/keys";
import { type Sql, sql, transaction } from "#lib/db/sql";
import { addEndpoint, listEndpoints } from "#lib/events/endpoints";
import { changeEndpoint } from "#lib/events/operate";
import { presentedKey } from "#lib/keys/admit";
import { must } from "#lib/testing/fixtures";
import { waitsForLock } from "#lib/testing/locks";
import { forgetStaff, staffMember } from "#lib/testing/staff";

beforeEach(forgetStaff);
afterEach(() => sql`DELETE FROM event_endpoints`);

const administrator = () => staffMember("administrator");
const lastEvent = async () =>
  (
    await sql<{
      event: string;
      method: string;
    }>`SELECT event, method FROM audit_events WHERE event ~ '^(endpoint|key)\\.' ORDER BY id DESC LIMIT 1`
  )[0];

describe("An endpoint entered in the console", () => {
  it("is stored with its secret sealed, and the event names its host and who acted, and neither path nor secret", async () => {
    const admin = await administrator();
    const { id, secret } = must(await addEndpointAsStaff(admin, { url: "http://127.0.0.1:9/hook-of-a-secret-path", types: null }));
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(await lastEvent()).toEqual({ event: "endpoint.added", method: expect.stringMatching(/^127\.0\.0\.1:9 staff:\S+$/) });
    const [row] = await sql<{ all: string }>`SELECT row_to_json(e)::text AS all FROM event_endpoints e`;
    expect(row?.all).not.toContain(secret.slice(6, 30));
    const rotated = must(await rotateEndpointAsStaff(admin, id, 24));
    expect(rotated.secret).not.toBe(secret);
    expect(await lastEvent()).toMatchObject({ event: "endpoint.rotated" });
    must(await actOnEndpoint(admin, id, "pause"));
    expect(await actOnEndpoint(admin, id, "pause")).toEqual({ ok: false, error: { code: "not_allowed", reason: "no_change" } });
    must(await actOnEndpoint(admin, id, "remove"));
    expect(await lastEvent()).toMatchObject({ event: "endpoint.removed" });
    expect(await actOnEndpoint(admin, id, "test")).toEqual({ ok: false, error: { code: "not_found" } });
  });

  it.each([
    ["https://10.0.0.7/hook", "endpoint_private"],
    ["https://169.254.169.254/latest", "endpoint_private"],
    ["https://[fd00::1]/", "endpoint_private"],
    ["https://[::ffff:192.168.0.1]/", "endpoint_private"],
    ["https://0x7f000001.nowhere.invalid/", "address_unknown"],
    ["http://hooks.example.jp/", "endpoint_url"],
    ["https://user:password@hooks.example.jp/", "endpoint_url"],
    ["ftp://127.0.0.1/", "endpoint_url"],
    ["javascript:alert(1)", "endpoint_url"],
    ["hooks", "endpoint_url"],
  ])("leads outside, encrypted: %s is refused", async (url, code) => {
    expect(await addEndpointAsStaff(await administrator(), { url, types: null })).toEqual({
      ok: false,
      error: { code: "invalid_input", fields: { url: code } },
    });
    expect(await listEndpoints()).toEqual([]);
  });

  it("is its host alone for support, because its path may hold a secret of the receiver", async () => {
    const admin = await administrator();
    const { id } = must(await addEndpointAsStaff(admin, { url: "http://127.0.0.1:9/hook-of-a-secret-path?key=x", types: null }));
    must(await actOnEndpoint(admin, id, "test"));
    const { lines } = await listDeliveries({ endpoint: id });
    const event = await readEvent(lines[0]?.eventId ?? "");
    const reads: { url: string }[][] = [await listEndpoints(), lines, event?.deliveries ?? []];
    for (const read of reads) {
      expect(seenBy(["support"], read).map(({ url }) => url)).toEqual(["http://127.0.0.1:9"]);
      expect(seenBy(["support", "administrator"], read)).toEqual(read);
    }
  });

  it("is one of ten at most, each address once, of twenty at once too", async () => {
    const admin = await administrator();
    const url = (n: number) => `http://127.0.0.1:9/${n}`;
    const added = (n: number) => (tx: Sql) => addEndpoint(tx, { url: url(n), types: null });
    await transaction(async (tx) => {
      must(await added(0)(tx));
      expect(await waitsForLock(added(1))).toBe(true);
    });
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, n) => changeEndpoint({ verb: "add", url: url(n), types: null }, "cli:test")),
    );
    expect(all.filter(({ ok }) => ok)).toHaveLength(9);
    expect(await addEndpointAsStaff(admin, { url: url(99), types: null })).toEqual({
      ok: false,
      error: { code: "not_allowed", reason: "too_many" },
    });
    const [first] = await listEndpoints();
    expect(await addEndpointAsStaff(admin, { url: first?.url ?? "", types: null })).toMatchObject({
      error: { fields: { url: "name_in_use" } },
    });
  });
});

describe("A key made in the console", () => {
  it("works as one of the command does, and is refused at the field that is wrong", async () => {
    const admin = await administrator();
    const key = { name: `shop-${admin.userId.slice(0, 8)}`, scopes: ["verify"], countries: ["JP"], sendsPerDay: 100 };
    const secret = must(await addKeyAsStaff(admin, key));
    expect(await presentedKey(`Bearer ${secret}`, "verify")).toMatchObject({ allowed: true, countries: ["JP"], sendsPerDay: 100 });
    expect(await lastEvent()).toEqual({ event: "key.made", method: expect.stringMatching(/^shop-\S+ staff:\S+$/) });
    expect(await addKeyAsStaff(admin, key)).toMatchObject({ error: { fields: { name: "name_in_use" } } });
    expect(await addKeyAsStaff(admin, { ...key, name: "a b" })).toMatchObject({ error: { fields: { name: "invalid_input" } } });
    expect(await addKeyAsStaff(admin, { ...key, name: "other", countries: ["XX"] })).toMatchObject({
      error: { fields: { countries: "invalid_input" } },
    });
    const fresh = must(await rotateKeyAsStaff(admin, key.name, 0));
    expect(await presentedKey(`Bearer ${secret}`, "verify")).toBeNull();
    expect(await presentedKey(`Bearer ${fresh}`, "verify")).toMatchObject({ allowed: true });
  });
});
