import { execFile } from "node:child_process";
import { createHash, createSecretKey } from "node:crypto";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { GENESIS, type Link, linkAfter, oldHashAfter, readHead, withContent } from "#lib/audit/chain";
import { keepHead } from "#lib/audit/head";
import { record } from "#lib/audit/record";
import { sealEvents } from "#lib/audit/seal";
import { verifyChain } from "#lib/audit/verify";
import { durableKey } from "#lib/db/durable-keys";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { requester, together } from "#lib/testing/fixtures";

// Attacks by an attacker with full database access but without the key. Each starts from an intact log.

const owner = new pg.Client({ connectionString: env().DATABASE_URL });
beforeAll(() => owner.connect());
afterAll(() => owner.end());

const sealAll = async () => {
  while ((await sealEvents()) > 0);
};
const forget = () => {
  (globalThis as unknown as Record<symbol, unknown>)[Symbol.for("sekisho.audit-head")] = undefined;
};
const ids = async () => (await owner.query<{ id: string }>("SELECT id FROM audit_events ORDER BY id")).rows.map(({ id }) => id);

beforeEach(async () => {
  await owner.query("TRUNCATE audit_events, audit_seals, audit_unsealed, audit_heads, audit_old_seals, audit_verification");
  forget();
  await together(100, () => record(sql, { event: "session.opened", ...requester }));
  await sealAll();
  expect(await verifyChain()).toMatchObject({ broken: null, complete: true, head: { position: 100n } });
});

/** Reseals from a position on, as the attacker can: with the right content, but without the key. */
async function sealAnew(make: (last: Link, content: string) => Link, after = 0n) {
  const { rows } = await owner.query<{ id: string; content: string }>(
    withContent("SELECT e.id, CONTENT AS content FROM audit_events e JOIN was s ON s.event_id = e.id ORDER BY s.position")[0] ?? "",
  );
  let link =
    after === 0n
      ? GENESIS
      : { position: after, hash: (await owner.query("SELECT hash FROM audit_seals WHERE position = $1", [after])).rows[0].hash };
  await owner.query("DELETE FROM audit_seals WHERE position > $1", [after]);
  for (const { id, content } of rows.slice(Number(after))) {
    link = make(link, content);
    await owner.query("INSERT INTO audit_seals VALUES ($1, $2, $3)", [link.position, id, link.hash]);
  }
}
const keepOrder = () => owner.query("CREATE TEMPORARY TABLE was AS SELECT position, event_id FROM audit_seals");
const dropOrder = () => owner.query("DROP TABLE was");
const broken = async () => (await verifyChain()).broken;

describe("Verifying the log", () => {
  it.each([
    [
      "by the hashes of the time before the key",
      (last: Link, content: string) => ({ position: last.position + 1n, hash: oldHashAfter(last.hash, content) }),
    ],
    ["under a key of the attacker's", (last: Link, content: string) => linkAfter(createSecretKey(Buffer.alloc(32)), last, content)],
    [
      "by hashes of the same bytes",
      (last: Link, content: string) => ({
        position: last.position + 1n,
        hash: createHash("sha256").update(`seal\0${last.position}\0`).update(last.hash).update(content).digest(),
      }),
    ],
  ])("finds that 70 events were deleted and the rest was sealed anew %s", async (_how, make) => {
    await keepOrder();
    const all = await ids();
    await owner.query("DELETE FROM audit_events WHERE id = ANY ($1::bigint[])", [all.slice(20, 90)]);
    await sealAnew(make, 20n);
    await dropOrder();
    expect(await broken()).toEqual({ eventId: all[90], why: "altered" });
  });

  it.each([
    ["whose address was altered", "UPDATE audit_events SET ip = '203.0.113.1' WHERE id = $1", "altered", 30],
    ["whose count was altered", "UPDATE audit_events SET times = 2 WHERE id = $1", "altered", 30],
    ["that was deleted", "DELETE FROM audit_events WHERE id = $1", "deleted", 30],
    ["whose seal was altered", "UPDATE audit_seals SET hash = decode(repeat('00', 32), 'hex') WHERE event_id = $1", "altered", 30],
    // The first mismatch is the seal after the gap.
    ["whose seal was moved to the end", "UPDATE audit_seals SET position = 1000 WHERE event_id = $1", "deleted", 31],
    ["whose seal is gone", "DELETE FROM audit_seals WHERE event_id = $1", "deleted", 31],
  ])("names the event %s", async (_what, attack, why, named) => {
    const all = await ids();
    await owner.query(attack, [all[30]]);
    expect(await broken()).toEqual({ eventId: all[named], why });
  });

  it("finds two events that changed places, with their seals and without", async () => {
    const all = await ids();
    await owner.query("UPDATE audit_events SET id = -1 WHERE id = $1", [all[10]]);
    await owner.query("UPDATE audit_events SET id = $1 WHERE id = $2", [all[10], all[60]]);
    await owner.query("UPDATE audit_events SET id = $1 WHERE id = -1", [all[60]]);
    expect(await broken()).toEqual({ eventId: all[10], why: "altered" });
    await owner.query("UPDATE audit_seals SET event_id = -1 WHERE event_id = $1", [all[10]]);
    await owner.query("UPDATE audit_seals SET event_id = $1 WHERE event_id = $2", [all[10], all[60]]);
    await owner.query("UPDATE audit_seals SET event_id = $1 WHERE event_id = -1", [all[60]]);
    expect(await broken()).toEqual({ eventId: all[60], why: "altered" });
  });

  it("finds an event that was inserted past the queue, and one taken out of it", async () => {
    await owner.query("ALTER TABLE audit_events DISABLE TRIGGER ALL");
    const { rows } = await owner.query<{ id: string }>("INSERT INTO audit_events (event) VALUES ('session.opened') RETURNING id");
    await owner.query("ALTER TABLE audit_events ENABLE TRIGGER ALL");
    await sealAll();
    expect(await broken()).toEqual({ eventId: rows[0]?.id, why: "unsealed" });
  });

  it("finds an event that was deleted while it waited for its seal", async () => {
    await record(sql, { event: "session.ended", ...requester });
    const { rows } = await owner.query<{ event_id: string }>("SELECT event_id FROM audit_unsealed");
    await owner.query("DELETE FROM audit_events WHERE id = $1", [rows[0]?.event_id]);
    await sealAll();
    expect(await broken()).toEqual({ eventId: rows[0]?.event_id, why: "deleted" });
  });

  it("finds a tail that was cut off, also when the log has grown past it since: by a head that was told, by the process's memory, and by one given", async () => {
    const told = await readHead(sql);
    await keepHead();
    await owner.query("DELETE FROM audit_events WHERE id IN (SELECT event_id FROM audit_seals WHERE position > 80)");
    await owner.query("DELETE FROM audit_seals WHERE position > 80");
    forget();
    expect(await broken()).toEqual({ eventId: told.eventId, why: "cut_off" });
    await together(30, () => record(sql, { event: "session.opened", ...requester }));
    await sealAll();
    expect(await broken()).toEqual({ eventId: told.eventId, why: "cut_off" });
    await owner.query("TRUNCATE audit_heads");
    forget();
    expect(await broken()).toBeNull();
    const [there] = (await owner.query<{ event_id: string }>("SELECT event_id FROM audit_seals WHERE position = 100")).rows;
    expect((await verifyChain({ given: told })).broken).toEqual({ eventId: there?.event_id, why: "cut_off" });
    const head = await readHead(sql);
    expect((await verifyChain({ given: head })).broken).toBeNull();
    expect((await verifyChain({ given: { ...head, position: head.position + 5n } })).broken?.why).toBe("cut_off");
    await owner.query(
      "DELETE FROM audit_seals WHERE position > 100; DELETE FROM audit_events WHERE id > (SELECT max(event_id) FROM audit_seals)",
    );
    expect(await broken(), "the process remembers").toEqual({ eventId: head.eventId, why: "cut_off" });
  });

  it("takes no new key for an old one: with the key's row gone every seal is broken", async () => {
    const { rows } = await owner.query("DELETE FROM durable_keys WHERE name = 'audit' RETURNING *");
    const memory = globalThis as unknown as Record<symbol, unknown>;
    memory[Symbol.for("sekisho.durable-keys")] = undefined;
    expect(await broken()).toEqual({ eventId: (await ids())[0], why: "altered" });
    await owner.query("DELETE FROM durable_keys WHERE name = 'audit'");
    await owner.query("INSERT INTO durable_keys (id, name, sealed) VALUES ($1, $2, $3)", [rows[0].id, rows[0].name, rows[0].sealed]);
    memory[Symbol.for("sekisho.durable-keys")] = undefined;
    expect(await broken()).toBeNull();
  });

  it("reads 200,000 events in pages, in bounded memory, and finds one altered among them", async () => {
    const key = await durableKey("audit");
    await owner.query(
      "INSERT INTO audit_events (event, user_agent) SELECT 'session.opened', repeat('x', 200) FROM generate_series(1, 200000)",
    );
    let link: Link = await readHead(sql);
    const first = link.position;
    const statement = withContent("SELECT e.id, CONTENT AS content FROM audit_events e WHERE e.id > ")[0];
    for (let after = "0"; ; ) {
      const { rows } = await owner.query<{ id: string; content: string }>(
        `${statement}${after}::bigint AND NOT EXISTS (SELECT 1 FROM audit_seals s WHERE s.event_id = e.id) ORDER BY e.id LIMIT 20000`,
      );
      if (rows.length === 0) break;
      after = rows.at(-1)?.id ?? after;
      const begin = link.position;
      const hashes = rows.map(({ content }) => {
        link = linkAfter(key, link, content);
        return link.hash;
      });
      await owner.query(
        "INSERT INTO audit_seals SELECT $1::bigint + place, id, hash FROM unnest($2::bigint[], $3::bytea[]) WITH ORDINALITY s (id, hash, place)",
        [begin, rows.map(({ id }) => id), hashes],
      );
    }
    await owner.query("DELETE FROM audit_unsealed");
    await owner.query("ANALYZE audit_events, audit_seals");
    // 64 MB of memory cannot hold the contents of all events at once.
    const script = `
      const { verifyChain } = await import("#lib/audit/verify");
      const { pool } = await import("#lib/db/pool");
      const { broken, head } = await verifyChain();
      console.log(JSON.stringify({ broken, position: String(head.position) }));
      await pool().end();`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--max-old-space-size=64", "--input-type=module", "-e", script]);
    expect(JSON.parse(stdout)).toEqual({ broken: null, position: String(first + 200_000n) });
    const [row] = (await owner.query<{ event_id: string }>("SELECT event_id FROM audit_seals WHERE position = 1500")).rows;
    await owner.query("UPDATE audit_events SET user_agent = 'y' WHERE id = $1", [row?.event_id]);
    expect(await broken()).toEqual({ eventId: row?.event_id, why: "altered" });
  }, 300_000);
});
