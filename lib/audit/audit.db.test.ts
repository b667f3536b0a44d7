import pg from "pg";
import { describe, expect, it } from "vitest";
import { recentActivity } from "#lib/audit/activity";
import { readHead } from "#lib/audit/chain";
import { record } from "#lib/audit/record";
import { sealEvents } from "#lib/audit/seal";
import { verifyChain } from "#lib/audit/verify";
import { pool } from "#lib/db/pool";
import { rollback, sql, transaction } from "#lib/db/sql";
import { env } from "#lib/env";
import { count, makeAccount, requester, together } from "#lib/testing/fixtures";

describe("The audit log", () => {
  it("is append-only for the application's role (J07)", async () => {
    await record(sql, { event: "session.ended", ...requester });
    await expect(sql`UPDATE audit_events SET event = 'x'`).rejects.toThrow(/permission denied/);
    await expect(sql`DELETE FROM audit_events`).rejects.toThrow(/permission denied/);
    await expect(sql`TRUNCATE audit_events`).rejects.toThrow(/permission denied/);
    const refused = [
      sql`INSERT INTO audit_events (id, event) VALUES (1, 'x')`,
      sql`INSERT INTO audit_events (at, event) VALUES (now(), 'x')`,
      sql`INSERT INTO audit_events (event, times) VALUES ('x', 7)`,
      sql`INSERT INTO audit_unsealed VALUES (1)`,
      sql`UPDATE audit_unsealed SET event_id = event_id + 1000`,
      sql`DELETE FROM audit_unsealed`,
      sql`TRUNCATE audit_unsealed`,
      sql`INSERT INTO audit_seals VALUES (1, 1, 'x')`,
      sql`UPDATE audit_seals SET hash = 'x'`,
      sql`DELETE FROM audit_seals`,
      sql`INSERT INTO audit_old_seals VALUES (1, 1, 'x')`,
      sql`UPDATE audit_old_seals SET hash = 'x'`,
      sql`DELETE FROM audit_old_seals`,
      sql`UPDATE audit_heads SET hash = 'x'`,
      sql`DELETE FROM audit_heads`,
      sql`INSERT INTO audit_refusals VALUES (now(), 'x', '', gen_random_uuid(), '', 'x', 1, now())`,
      sql`UPDATE audit_refusals SET times = 0`,
      sql`DELETE FROM audit_refusals`,
      sql`SELECT setval('audit_events_id_seq', 1)`,
      sql`ALTER TABLE audit_events DISABLE TRIGGER ALL`,
    ];
    const answers = await Promise.allSettled(refused);
    expect(answers.map((one) => (one.status === "rejected" ? String(one.reason) : "allowed"))).toEqual(
      refused.map(() => expect.stringMatching(/permission denied|must be owner/)),
    );
  });

  it("gives the application's role no way to seal what does not wait, to seal twice, or to leave a position out", async () => {
    while ((await sealEvents()) > 0);
    const { position } = await readHead(sql);
    await together(3, () => record(sql, { event: "session.ended", ...requester }));
    const waiting = (await sql<{ id: string }>`SELECT event_id AS id FROM audit_unsealed ORDER BY 1`).map(({ id }) => id);
    const seal = (after: bigint, ids: (string | undefined)[], hashes = ids.map(() => Buffer.alloc(32))) =>
      sql`SELECT audit_seal(${after.toString()}::bigint, ${ids}::bigint[], ${hashes}::bytea[])`;
    const [sealed] = await sql<{ id: string }>`SELECT event_id AS id FROM audit_seals LIMIT 1`;
    await expect(seal(position + 1n, waiting)).rejects.toThrow(/is not the head/);
    await expect(seal(position - 1n, waiting)).rejects.toThrow(/is not the head/);
    await expect(seal(position, [...waiting, sealed?.id])).rejects.toThrow(/only events that wait/);
    await expect(seal(position, [...waiting, "999999999"])).rejects.toThrow(/only events that wait/);
    await expect(seal(position, [waiting[0], waiting[0]])).rejects.toThrow(/only events that wait/);
    await expect(seal(position, waiting, [Buffer.alloc(32)])).rejects.toThrow(/only events that wait/);
    expect(await sealEvents()).toBe(3);
    expect((await verifyChain()).broken).toBeNull();
  });

  it("names accounts by pseudonym and cuts what a browser says of itself", async () => {
    const account = await makeAccount();
    await record(sql, { event: "session.ended", userId: account.userId, ip: "192.0.2.1", userAgent: "x".repeat(5000) });
    const [row] = await sql<{
      subject: string;
      agent: string;
    }>`SELECT subject, user_agent AS agent FROM audit_events ORDER BY id DESC LIMIT 1`;
    expect(row?.subject).not.toBe(account.userId);
    expect(row?.agent).toHaveLength(256);
  });

  it("shows an account's own events, however many wrong passwords strangers add to them", async () => {
    const account = await makeAccount();
    const add = (event: "session.opened" | "sign_in.password_wrong") => record(sql, { event, userId: account.userId, ...requester });
    for (let event = 0; event < 18; event += 1) await add("session.opened");
    for (let wrong = 0; wrong < 60; wrong += 1) await add("sign_in.password_wrong");
    const shown = (await recentActivity(account.userId)).map(({ event }) => event);
    expect(shown).toEqual([...Array(5).fill("sign_in.password_wrong"), ...Array(15).fill("session.opened")]);
  });

  it("seals every event once into one chain, also when two seal at once and transactions overlap", async () => {
    await together(20, () => transaction((tx) => record(tx, { event: "session.ended", ...requester })));
    await together(4, () => sealEvents());
    while ((await sealEvents()) > 0);
    expect(
      await count(
        sql<{
          n: number;
        }>`SELECT count(*)::int AS n FROM audit_events e LEFT JOIN audit_seals s ON s.event_id = e.id WHERE s.event_id IS NULL`,
      ),
    ).toBe(0);
    expect((await verifyChain()).broken).toBeNull();
  });

  it("seals an event whose transaction commits after later ones were sealed, and none of one that did not commit", async () => {
    const writes = transaction(async (tx) => {
      await record(tx, { event: "session.ended", ...requester });
      await record(sql, { event: "session.opened", ...requester });
      await transaction(async (other) => {
        await record(other, { event: "session.opened", ...requester });
        return rollback(null);
      });
      expect(await sealEvents()).toBe(1);
    });
    await writes;
    expect(await sealEvents()).toBe(1);
    expect(await sealEvents()).toBe(0);
    expect((await verifyChain()).broken).toBeNull();
  });

  it("costs as much to seal with a hundred thousand events behind it as with none", async () => {
    const owner = new pg.Client({ connectionString: env().DATABASE_URL });
    await owner.connect();
    while ((await sealEvents()) > 0);
    await owner.query("INSERT INTO audit_events (event) SELECT 'x' FROM generate_series(1, 100000)");
    await owner.query(
      "INSERT INTO audit_seals SELECT row_number() OVER (ORDER BY id) + coalesce((SELECT max(position) FROM audit_seals), 0), id, 'x' FROM audit_events WHERE event = 'x'",
    );
    await owner.query("DELETE FROM audit_unsealed");
    await owner.query("VACUUM ANALYZE audit_events, audit_seals, audit_unsealed");
    // A connection reports all its reads only when it has ended.
    const rowsRead = async () => {
      await owner.query("SELECT pg_stat_force_next_flush()");
      const { rows } = await owner.query<{ n: number }>(
        "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS n FROM pg_stat_user_tables WHERE relname LIKE 'audit%'",
      );
      return rows[0]?.n ?? 0;
    };
    const before = await rowsRead();
    await together(5, () => record(sql, { event: "session.ended", ...requester }));
    expect(await sealEvents()).toBe(5);
    await pool().end();
    const open = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'sekisho' AND datname = current_database()";
    await expect.poll(async () => (await owner.query(open)).rowCount).toBe(0);
    // Allows reads of a tenth of the log, because reads of earlier tests are reported late; a full scan would read all of it.
    expect((await rowsRead()) - before).toBeLessThan(10_000);
    await owner.end();
  });
});
