import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { oldHashAfter, withContent } from "#lib/audit/chain";
import { keepHead } from "#lib/audit/head";
import { record } from "#lib/audit/record";
import { sealEvents } from "#lib/audit/seal";
import { verifyChain } from "#lib/audit/verify";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { requester, together } from "#lib/testing/fixtures";
import { dropDatabase } from "../../scripts/test/cluster.ts";

// An installation whose log was sealed before the chain had a key.

const owner = new pg.Client({ connectionString: env().DATABASE_URL });
beforeAll(() => owner.connect());
afterAll(() => owner.end());

const TABLES = "audit_events, audit_seals, audit_unsealed, audit_heads, audit_old_seals, audit_verification";
const forget = () => {
  (globalThis as unknown as Record<symbol, unknown>)[Symbol.for("sekisho.audit-head")] = undefined;
};
const ids = async () => (await owner.query<{ id: string }>("SELECT id FROM audit_events ORDER BY id")).rows.map(({ id }) => id);
const sealAll = async () => {
  while ((await sealEvents()) > 0);
};

/** Seals from a position on, in the format of the previous version. */
async function sealWithoutKey(after = 0): Promise<void> {
  const { rows } = await owner.query<{ id: string; content: string }>(
    withContent("SELECT e.id, CONTENT_OLD AS content FROM audit_events e ORDER BY e.id")[0] ?? "",
  );
  const before = await owner.query<{ hash: Buffer }>("SELECT hash FROM audit_old_seals WHERE position = $1", [after]);
  await owner.query("DELETE FROM audit_old_seals WHERE position > $1", [after]);
  let hash = before.rows[0]?.hash ?? Buffer.alloc(32);
  for (const [at, { id, content }] of rows.slice(after).entries()) {
    hash = oldHashAfter(hash, content);
    await owner.query("INSERT INTO audit_old_seals VALUES ($1, $2, $3)", [after + at + 1, id, hash]);
  }
}

const EVENTS = 1_250;
beforeEach(async () => {
  await owner.query(`TRUNCATE ${TABLES}`);
  forget();
  await owner.query("INSERT INTO audit_events (event, ip) SELECT 'session.opened', '192.0.2.1' FROM generate_series(1, $1::int)", [EVENTS]);
  await owner.query("DELETE FROM audit_unsealed");
  await sealWithoutKey();
});

describe("What was sealed without a key", () => {
  it("is sealed again under the key, before what waits, by two workers at once, and is whole then", async () => {
    await together(5, () => record(sql, { event: "session.ended", ...requester }));
    await together(4, () => sealEvents());
    await sealAll();
    expect(await verifyChain()).toMatchObject({ broken: null, complete: true, head: { position: BigInt(EVENTS + 5) } });
    const { rows } = await owner.query("SELECT event_id FROM audit_seals ORDER BY position");
    expect(rows.map(({ event_id }) => event_id)).toEqual(await ids());
  });

  it.each([
    ["altered", "UPDATE audit_events SET ip = 'x' WHERE id = $1"],
    ["deleted", "DELETE FROM audit_events WHERE id = $1"],
  ])("and was %s before that is named for ever, while the chain goes on", async (_what, attack) => {
    const all = await ids();
    await owner.query(attack, [all[1_100]]);
    await sealAll();
    await record(sql, { event: "session.ended", ...requester });
    expect(await sealEvents()).toBe(1);
    expect((await verifyChain()).broken?.eventId).toBe(all[1_100]);
  });

  it("can be altered and sealed without a key afterwards as little as the rest", async () => {
    await sealAll();
    const all = await ids();
    await owner.query("UPDATE audit_events SET ip = 'x' WHERE id = $1", [all[700]]);
    await sealWithoutKey(0);
    await sealAll();
    expect((await verifyChain()).broken).toEqual({ eventId: all[700], why: "altered" });
  });

  it("cannot be added to once the chain under the key has begun: who pretends that all is old is found", async () => {
    await sealAll();
    await together(50, () => record(sql, { event: "session.opened", ...requester }));
    await sealAll();
    await keepHead();
    const all = await ids();
    // Newer events lie between the old ones: their old seals are never reused.
    await owner.query("DELETE FROM audit_seals WHERE position > $1", [EVENTS + 10]);
    await owner.query("UPDATE audit_events SET ip = 'x' WHERE id = $1", [all[EVENTS + 20]]);
    await sealWithoutKey(EVENTS);
    await sealAll();
    expect((await verifyChain()).broken).not.toBeNull();
    // The whole chain is started again although a head was sent.
    await owner.query("DELETE FROM audit_seals");
    await sealWithoutKey(0);
    forget();
    expect(await sealEvents()).toBe(0);
    expect((await verifyChain()).broken).toEqual({ eventId: all[0], why: "unsealed" });
  });

  it("is brought along by the migration, with what waits, from an installation of the version before", async () => {
    const name = `old_audit_${randomBytes(4).toString("hex")}`;
    await owner.query(`CREATE DATABASE ${name}`);
    const url = Object.assign(new URL(env().DATABASE_URL), { pathname: `/${name}` }).href;
    const old = new pg.Client({ connectionString: url });
    await old.connect();
    try {
      const folders = readdirSync("prisma/migrations")
        .filter((one) => !one.endsWith(".toml"))
        .sort();
      const script = (folder: string) => readFileSync(`prisma/migrations/${folder}/migration.sql`, "utf8");
      const mine = folders.findIndex((one) => one.endsWith("_audit_chain"));
      for (const folder of folders.slice(0, mine)) await old.query(script(folder));
      await old.query("INSERT INTO audit_events (event) SELECT 'session.opened' FROM generate_series(1, 20)");
      await old.query(
        "INSERT INTO audit_seals SELECT event_id, event_id, '\\x00' FROM audit_unsealed WHERE event_id <= 15; DELETE FROM audit_unsealed WHERE event_id <= 15",
      );
      await old.query(script(folders[mine] ?? ""));
      const counts = await old.query(
        "SELECT (SELECT count(*)::int FROM audit_events WHERE times = 1) AS events, (SELECT count(*)::int FROM audit_old_seals) AS old, (SELECT count(*)::int FROM audit_seals) AS seals, (SELECT count(*)::int FROM audit_unsealed) AS waiting",
      );
      expect(counts.rows[0]).toEqual({ events: 20, old: 15, seals: 0, waiting: 5 });
    } finally {
      await old.end();
      await dropDatabase(url);
    }
  });
});
