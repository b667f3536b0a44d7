import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { migrate } from "#lib/db/migrate";
import { pool } from "#lib/db/pool";
import { type ConnectionKind, optionsOf, poolSettings, settingsOf } from "#lib/db/settings";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { startWorker } from "#lib/jobs/worker";
import { playJourney } from "#lib/testing/journey";
import { asSuperuser, dropDatabase, withDatabase } from "../../scripts/test/cluster.ts";

const database = new URL(env().DATABASE_URL).pathname.slice(1);
const fresh = `${database}_fresh`;
const superuser = new pg.Client({ connectionString: asSuperuser(env().DATABASE_URL) });

/** Settings that an operator may have changed for another program. */
const HOSTILE: Record<string, string> = {
  jit: "on",
  jit_above_cost: "0",
  jit_inline_above_cost: "0",
  jit_optimize_above_cost: "0",
  TimeZone: "Asia/Tokyo",
  DateStyle: "German",
  IntervalStyle: "sql_standard",
  bytea_output: "escape",
  extra_float_digits: "-15",
  client_encoding: "SJIS",
  client_min_messages: "debug1",
  standard_conforming_strings: "off",
  array_nulls: "off",
  transform_null_equals: "on",
  exit_on_error: "on",
  row_security: "off",
  search_path: "elsewhere",
  default_transaction_isolation: "serializable",
  default_transaction_read_only: "on",
  default_transaction_deferrable: "on",
  statement_timeout: "1",
  lock_timeout: "1",
  idle_in_transaction_session_timeout: "1",
  idle_session_timeout: "1000",
  log_parameter_max_length_on_error: "-1",
  plan_cache_mode: "force_custom_plan",
  enable_seqscan: "on",
  enable_indexscan: "off",
  enable_nestloop: "off",
  random_page_cost: "1000",
  "plpgsql.extra_errors": "all",
  session_replication_role: "replica",
};

const kinds: ConnectionKind[] = ["application", "patient", "worker", "migration"];

/** Changes the settings of the database, and of the login in this database, which take precedence. */
async function setHostile(name: string): Promise<void> {
  const { rows } = await superuser.query<{ newer: boolean }>("SELECT current_setting('server_version_num')::int >= 170000 AS newer");
  const all = rows[0]?.newer ? { ...HOSTILE, transaction_timeout: "500" } : HOSTILE;
  for (const [setting, value] of Object.entries(all))
    for (const whose of [`DATABASE ${name}`, `ROLE sekisho IN DATABASE ${name}`])
      await superuser.query(`ALTER ${whose} SET ${setting} = '${value}'`);
}

const forgetConnections = () =>
  superuser.query("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()", [
    database,
  ]);

const untilSent = () =>
  vi.waitFor(
    async () => {
      const [queued] = await sql<{ n: number }>`SELECT count(*)::int AS n FROM messages WHERE status = 'queued'`;
      if (queued?.n !== 0) throw new Error(`${queued?.n} messages were not sent`);
    },
    { timeout: 10_000 },
  );

/** Runs the journey with the product's own worker. */
async function play() {
  const worker = await startWorker();
  try {
    return await playJourney(untilSent);
  } finally {
    await worker.stop();
  }
}

let before: Awaited<ReturnType<typeof play>>;

beforeAll(async () => {
  await superuser.connect();
  before = await play();
  await superuser.query(`CREATE DATABASE ${fresh} OWNER sekisho`);
  for (const name of [database, fresh]) await setHostile(name);
  await forgetConnections();
}, 60_000);
afterAll(async () => {
  await dropDatabase(withDatabase(env().DATABASE_URL, fresh));
  await superuser.end();
});

describe("Where the database and the login have defaults of their own", () => {
  it("a connection of a stranger gets them, so that the rest of this file proves something", async () => {
    const stranger = new pg.Client({ connectionString: env().DATABASE_URL, statement_timeout: 5_000 });
    await stranger.connect();
    const { rows } = await stranger.query("SELECT current_setting('TimeZone') AS zone, current_setting('search_path') AS path");
    expect(rows).toEqual([{ zone: "Asia/Tokyo", path: "elsewhere" }]);
    await stranger.end();
  });

  it.each(kinds)("a connection of the kind %s has what it says, and nothing limits its transactions", async (kind) => {
    const connections = new pg.Pool({ connectionString: env().DATABASE_URL, max: 1, ...poolSettings(kind) });
    const wanted = settingsOf(kind);
    const { rows } = await connections.query<{ name: string; found: string; wanted: string }>(
      `SELECT name, found, wanted FROM (SELECT n AS name, current_setting(n) AS found, set_config(n, v, true) AS wanted FROM unnest($1::text[], $2::text[]) AS t(n, v)) s
       UNION ALL SELECT 'transaction_timeout', coalesce(current_setting('transaction_timeout', true), '0'), '0'`,
      [Object.keys(wanted), Object.values(wanted)],
    );
    expect(rows.length).toBeGreaterThan(20);
    for (const row of rows) expect(row.found, row.name).toBe(row.wanted);
    await connections.end();
  });

  it("sign-up, sign-in and everything between them give the same answers, word for word", async () => {
    expect(before.length).toBeGreaterThan(25);
    expect(await play()).toEqual(before);
    expect(pool().totalCount).toBeGreaterThan(0);
  }, 60_000);

  it("an empty database is migrated", async () => {
    const { applied } = await migrate(withDatabase(env().DATABASE_URL, fresh));
    expect(applied.length).toBeGreaterThan(5);
    const owner = new pg.Client({ connectionString: withDatabase(env().DATABASE_URL, fresh), options: optionsOf("migration") });
    await owner.connect();
    const { rows } = await owner.query("SELECT DISTINCT schemaname AS name FROM pg_tables WHERE tableowner = 'sekisho' ORDER BY 1");
    expect(rows).toEqual([{ name: "graphile_worker" }, { name: "public" }]);
    await owner.end();
  }, 60_000);
});
