import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prisma } from "#lib/db/prisma";
import { checkReady } from "#lib/db/ready";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { dropDatabase } from "../../scripts/test/cluster.ts";

const name = `simultaneous_${randomBytes(4).toString("hex")}`;
const elsewhere = Object.assign(new URL(env().DATABASE_URL), { pathname: `/${name}` }).href;
const admin = new pg.Client({ connectionString: env().DATABASE_URL });

/** Runs each migration in its own process, like instances do. */
async function start(): Promise<string[]> {
  const script = `const { migrate } = await import("#lib/db/migrate"); console.log(JSON.stringify((await migrate(process.argv[1])).applied))`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script, elsewhere]);
  return JSON.parse(stdout) as string[];
}

beforeAll(async () => {
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
});
afterAll(async () => {
  await dropDatabase(elsewhere);
  await admin.end();
});

describe("Migrations", () => {
  it("are applied once when three instances start at the same moment on an empty database", async () => {
    const runs = await Promise.all([start(), start(), start()]);
    expect(runs.sort()).toEqual([[], [], expect.arrayContaining([expect.stringContaining("foundation")])]);
    expect(await start()).toEqual([]);
  });

  it("are applied by one process to one database after the other", async () => {
    const names = Array.from({ length: 4 }, (_, index) => `${name}_${index}`);
    for (const one of names) await admin.query(`CREATE DATABASE ${one}`);
    const urls = names.map((one) => Object.assign(new URL(elsewhere), { pathname: `/${one}` }).href);
    const script = `const { migrate } = await import("#lib/db/migrate"); for (const url of process.argv.slice(1)) await migrate(url);`;
    try {
      await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script, ...urls]);
    } finally {
      for (const url of urls) await dropDatabase(url);
    }
  }, 60_000);

  it("and the Prisma schema describe the same tables", async () => {
    const client = prisma() as unknown as Record<string, { findFirst(): Promise<unknown> }>;
    const models = Object.keys(client).filter((key) => /^[a-z]/.test(key) && typeof client[key]?.findFirst === "function");
    const described = globSync("prisma/schema/*.prisma").flatMap((file) => readFileSync(file, "utf8").match(/^model /gm) ?? []);
    expect(models.length).toBe(described.length);
    for (const model of models) await expect(client[model]?.findFirst(), model).resolves.not.toBeUndefined();
  });

  it("leave the application a role that owns nothing and an instance that is ready", async () => {
    const [role] = await sql<{ role: string; owned: number }>`
      SELECT current_user AS role, (SELECT count(*)::int FROM pg_class WHERE relowner = 'sekisho_app'::regrole) AS owned`;
    expect(role).toEqual({ role: "sekisho_app", owned: 0 });
    await expect(sql`CREATE TABLE mine (id int)`).rejects.toThrow(/permission denied/);
    expect(await checkReady()).toBe(true);
  });

  it("that are not all there leave an instance without traffic", async () => {
    const owner = new pg.Client({ connectionString: env().DATABASE_URL });
    await owner.connect();
    const newest = "(SELECT max(migration_name) FROM _prisma_migrations)";
    await owner.query(`UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = ${newest}`);
    expect(await checkReady()).toBe(false);
    await owner.query(`UPDATE _prisma_migrations SET finished_at = now() WHERE migration_name = ${newest}`);
    await owner.end();
    expect(await checkReady()).toBe(true);
  });
});
