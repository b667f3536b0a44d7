import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { alertCounts } from "#lib/alert";
import { record } from "#lib/audit/record";
import { sealEvents } from "#lib/audit/seal";
import { readProgress, watchChain } from "#lib/audit/watch";
import { pool } from "#lib/db/pool";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { requester, together } from "#lib/testing/fixtures";

const owner = new pg.Client({ connectionString: env().DATABASE_URL });
beforeAll(() => owner.connect());
afterAll(() => owner.end());
let lines: string[];
beforeEach(async () => {
  lines = [];
  vi.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  await owner.query("TRUNCATE audit_events, audit_seals, audit_unsealed, audit_heads, audit_old_seals, audit_verification");
  (globalThis as unknown as Record<symbol, unknown>)[Symbol.for("sekisho.audit-head")] = undefined;
  await owner.query("INSERT INTO audit_events (event) SELECT 'session.opened' FROM generate_series(1, 3500)");
  while ((await sealEvents()) > 0);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const raised = () => alertCounts().get("audit.broken") ?? 0;
const progress = async () => {
  const read = await readProgress();
  if (read === null || read === "forged") throw new Error(String(read));
  return read;
};
const later = (ms: number) => vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });

it("The watch goes on where it stopped, follows what is sealed since, and begins over after an hour", async () => {
  await watchChain(0);
  expect(await progress()).toMatchObject({ seal: { position: 1000n }, atEnd: false, wholeAt: null });
  for (let run = 0; run < 3; run += 1) await watchChain(0);
  expect((await progress()).seal.position).toBe(3500n);
  await watchChain();
  expect(await progress()).toMatchObject({ seal: { position: 3500n }, atEnd: true, broken: null });
  await record(sql, { event: "session.ended", ...requester });
  await sealEvents();
  await watchChain(0);
  expect(await progress()).toMatchObject({ seal: { position: 3501n }, atEnd: true });
  later(3_700_000);
  await watchChain(0);
  expect(await progress()).toMatchObject({ seal: { position: 1000n }, atEnd: false });
  expect(raised()).toBe(0);
});

it("The watch raises audit.broken once when it finds a broken place, and again every hour that it stays", async () => {
  await watchChain();
  const [row] = (await owner.query<{ id: string }>("SELECT event_id AS id FROM audit_seals WHERE position = 2000")).rows;
  await owner.query("DELETE FROM audit_events WHERE id = $1", [row?.id]);
  const before = raised();
  await watchChain();
  expect(raised() - before, "what was verified is verified again an hour later").toBe(0);
  later(3_700_000);
  await watchChain();
  expect(raised() - before).toBe(1);
  const line = JSON.parse(lines.find((one) => one.includes("audit.broken")) ?? "{}") as Record<string, unknown>;
  expect(line).toMatchObject({ level: "error", event: "audit.broken", reference: row?.id, reason: "deleted" });
  await watchChain();
  expect(raised() - before).toBe(1);
  later(3_700_000);
  await watchChain();
  expect(raised() - before).toBe(2);
});

it("The watch finds at once what is cut off or begun anew while it runs, wherever it stands", async () => {
  await watchChain();
  await owner.query("DELETE FROM audit_events WHERE id IN (SELECT event_id FROM audit_seals WHERE position > 3400)");
  await owner.query("DELETE FROM audit_seals WHERE position > 3400");
  const before = raised();
  await watchChain();
  expect(raised() - before).toBe(1);
  expect((await progress()).broken?.why).toBe("cut_off");
});

it("The watch takes no place that it did not write itself", async () => {
  await watchChain(0);
  const before = raised();
  await sql`UPDATE audit_verification SET progress = replace(progress, '1000:', '3500:')`;
  expect(await readProgress()).toBe("forged");
  await watchChain();
  expect(raised() - before).toBe(1);
  expect(await progress()).toMatchObject({ seal: { position: 3500n }, atEnd: true });
});

it("The watch raises nothing while events are recorded, sealed and verified at the same time, some of them committed late", async () => {
  const until = performance.now() + 3_000;
  const before = raised();
  const busy = async (work: () => Promise<unknown>) => {
    while (performance.now() < until) await work();
  };
  const late = async () => {
    const client = await pool().connect();
    await client.query("BEGIN");
    await client.query("INSERT INTO audit_events (event) VALUES ('session.opened')");
    await new Promise((resolve) => setTimeout(resolve, 60));
    await client.query("COMMIT");
    client.release();
  };
  await Promise.all([
    busy(() => together(3, () => record(sql, { event: "session.ended", ...requester }))),
    busy(late),
    busy(() => together(2, () => sealEvents())),
    busy(() => watchChain(20)),
  ]);
  while ((await sealEvents()) > 0);
  await watchChain();
  expect(raised() - before).toBe(0);
  expect((await progress()).atEnd).toBe(true);
});
