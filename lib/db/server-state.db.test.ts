import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { pool } from "#lib/db/pool";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { startWorker } from "#lib/jobs/worker";
import { examine, type Finding } from "../../scripts/operator/doctor.ts";
import { wordsOf } from "../../scripts/operator/doctor-words.ts";
import { asSuperuser } from "../../scripts/test/cluster.ts";
import { chosenPostgres } from "../../scripts/test/distribution.ts";

const database = new URL(env().DATABASE_URL).pathname.slice(1);
const superuser = new pg.Client({ connectionString: asSuperuser(env().DATABASE_URL) });

/** Returns the doctor's findings of these kinds, read over new connections. */
async function found(...kinds: Finding["is"][]): Promise<Finding[]> {
  await superuser.query(
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1 AND application_name = 'sekisho'",
    [database],
  );
  return (await examine()).filter(({ is }) => kinds.includes(is));
}

const said = (findings: Finding[]) => findings.flatMap((one) => [wordsOf(one, "ja"), wordsOf(one, "en")]).join("\n");

beforeAll(() => superuser.connect());
afterAll(() => superuser.end());
afterEach(async () => {
  vi.restoreAllMocks();
  await superuser.query(`ALTER DATABASE ${database} RESET ALL`);
  await superuser.query(`ALTER DATABASE ${database} CONNECTION LIMIT -1`);
});

describe("npm run doctor", () => {
  it("finds nothing wrong with the connections of a server that is as it should be", async () => {
    expect(await found("unsupported", "pooler", "overruled", "clock_apart", "few_connections")).toEqual([]);
  });

  it("names what makes a crash forget what was committed", async () => {
    await superuser.query(`ALTER DATABASE ${database} SET synchronous_commit = off`);
    // The bundled server of the tests runs with durability off, a distribution's server with it on.
    const names = chosenPostgres() === "bundled" ? ["fsync", "full_page_writes", "synchronous_commit"] : ["synchronous_commit"];
    const findings = await found("unsafe");
    expect(findings).toEqual(names.map((name) => ({ is: "unsafe", name })));
    expect(said(findings)).toMatch(/synchronous_commit が off です[\s\S]*synchronous_commit is off/);
  });

  it("names a setting that our connections asked for and did not get", async () => {
    await superuser.query(`ALTER DATABASE ${database} SET session_replication_role = replica`);
    const findings = await found("overruled");
    expect(findings).toEqual([{ is: "overruled", settings: [{ name: "session_replication_role", found: "replica", wanted: "origin" }] }]);
    expect(said(findings)).toMatch(
      /session_replication_role が replica（指定は origin）[\s\S]*session_replication_role is replica, not origin/,
    );
  });

  it("names no default of the database, which our connections overrule", async () => {
    await superuser.query(`ALTER DATABASE ${database} SET jit = on`);
    expect(await found("overruled")).toEqual([]);
  });

  it("names JIT that a trigger on login switches on", async ({ skip }) => {
    // PostgreSQL 17 introduced login triggers; an older server cannot override the jit setting of a connection.
    const [row] = await sql<{ triggers: boolean }>`SELECT current_setting('server_version_num')::int >= 170000 AS triggers`;
    skip(!row?.triggers, "this server has no triggers on login");
    await superuser.query(`
      CREATE FUNCTION force_jit() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('jit', 'on', false); END $$;
      CREATE EVENT TRIGGER force_jit ON login EXECUTE FUNCTION force_jit();
      ALTER EVENT TRIGGER force_jit ENABLE ALWAYS`);
    try {
      expect(await found("overruled")).toEqual([{ is: "overruled", settings: [{ name: "jit", found: "on", wanted: "off" }] }]);
    } finally {
      await superuser.query("DROP EVENT TRIGGER force_jit");
    }
  });

  it.each([
    [-60, 60, /60秒進んで[\s\S]*60 s ahead/],
    [60, -60, /60秒遅れて[\s\S]*60 s behind/],
  ])("tells of a clock that is apart: this machine's moved by %i s", async (moved, seconds, words) => {
    const now = Date.now.bind(Date);
    vi.spyOn(Date, "now").mockImplementation(() => now() + moved * 1000);
    const findings = await found("clock_apart");
    expect(findings).toEqual([{ is: "clock_apart", seconds }]);
    expect(said(findings)).toMatch(words);
  });

  it("counts the connections that running processes may ask for against those that the server allows", async () => {
    await superuser.query(`ALTER DATABASE ${database} CONNECTION LIMIT 60`);
    // One process: ten connections for requests, twenty for jobs, five for commands.
    expect(await found("few_connections")).toEqual([]);
    const workers = [await startWorker(), await startWorker()];
    try {
      const listening = "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = $1 AND query LIKE 'LISTEN \"jobs%'";
      await vi.waitFor(async () => expect((await superuser.query(listening, [database])).rows[0].n).toBe(2), 5_000);
      const findings = await found("few_connections");
      expect(findings).toEqual([{ is: "few_connections", allowed: 60, needed: 65, processes: 2 }]);
      expect(said(findings)).toMatch(/60 ですが、動作中の 2 プロセス[\s\S]*allows 60 connections; the 2 running/);
    } finally {
      await Promise.all(workers.map((worker) => worker.stop()));
    }
    expect(pool().totalCount).toBeGreaterThan(0);
  }, 60_000);

  it("says so where no connection is left for it", async () => {
    await superuser.query(`ALTER DATABASE ${database} CONNECTION LIMIT 0`);
    const findings = await found("no_connection_left");
    expect(findings).toEqual([{ is: "no_connection_left" }]);
    expect(said(findings)).toMatch(/接続がすべて使われています[\s\S]*All connections of the database are in use/);
  });

  it("says which version is too old or too new, in both languages", () => {
    const words = said([{ is: "unsupported", version: 14, oldest: 15, newest: 18 }]);
    expect(words).toMatch(/PostgreSQL 14 は対応していない[\s\S]*PostgreSQL 14 is not supported \(15 to 18 are\)/);
  });
});
