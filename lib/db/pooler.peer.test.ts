import { execFile } from "node:child_process";
import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { databaseIdentity, root } from "../../scripts/machine/place.ts";
import { freePort } from "../../scripts/machine/ports.ts";
import { newDatabase, openTestCluster, type TestCluster } from "../../scripts/test/cluster.ts";
import { testEnvironment } from "../../scripts/test/environment.ts";
import { withPeers } from "../../scripts/test/peer.ts";
import { type Program, startProgram } from "../../scripts/test/program.ts";

// Managed PostgreSQL services often put a connection pooler in front of the server.
withPeers(["pgbouncer"], "PgBouncer in front of the database", () => {
  let cluster: TestCluster;
  let database: string;
  const poolers: Program[] = [];
  const folder = mkdtempSync(join(tmpdir(), "sekisho-pooler-"));

  beforeAll(async () => {
    cluster = await openTestCluster();
    database = await newDatabase(cluster.url);
  }, 120_000);
  afterAll(async () => {
    for (const pooler of poolers) await pooler.stop("SIGTERM");
    await cluster.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts a pooler with these configuration lines and returns the URL of the database through it. */
  async function through(...lines: string[]): Promise<string> {
    const url = new URL(database);
    const port = await freePort();
    const file = join(folder, `${port}.ini`);
    const users = join(folder, "users.txt");
    writeFileSync(users, `"${url.username}" "${decodeURIComponent(url.password)}"\n`);
    const settings = [
      "listen_addr = 127.0.0.1",
      `listen_port = ${port}`,
      "unix_socket_dir =",
      "auth_type = scram-sha-256",
      `auth_file = ${users}`,
    ];
    writeFileSync(file, `[databases]\n* = host=127.0.0.1 port=${url.port}\n[pgbouncer]\n${[...settings, ...lines].join("\n")}\n`);
    const identity = databaseIdentity();
    if (identity) for (const path of [folder, file, users]) chownSync(path, identity.uid, identity.gid);
    const pooler = startProgram("pgbouncer", identity ? ["-u", "postgres", file] : [file]);
    poolers.push(pooler);
    await pooler.line(/process up/);
    return Object.assign(url, { port: String(port) }).href;
  }

  /** Returns the output of `npm run doctor` for this URL, in English and Japanese. */
  async function said(url: string): Promise<string> {
    const env = (language: string) => ({
      PATH: process.env.PATH,
      NODE_ENV: "production",
      ...testEnvironment,
      DATABASE_URL: url,
      LANG: language,
    });
    const args = ["--disable-warning=ExperimentalWarning", join(root, "scripts", "commands", "doctor.ts")];
    const run = (language: string) =>
      new Promise<string>((resolve) =>
        execFile(process.execPath, args, { cwd: root, env: env(language) as NodeJS.ProcessEnv }, (_, out, err) => resolve(out + err)),
      );
    return (await run("en_US.UTF-8")) + (await run("ja_JP.UTF-8"));
  }

  const NAMED = /A connection pooler that shares connections[\s\S]*接続を共有するプーラー/;
  const MISSED = /jit is on, not off[\s\S]*jit が on（指定は off）/;

  it("is none when there is none", async () => {
    const words = await said(database);
    expect(words).toContain("No worker");
    expect(words).not.toMatch(/pooler|プーラー|in force/);
  });

  it("that refuses our settings is named", async () => {
    expect(await said(await through("pool_mode = transaction"))).toMatch(NAMED);
  });

  it("that drops our settings and shares its connections is named, however often it is asked", async () => {
    const url = await through("pool_mode = transaction", "ignore_startup_parameters = options");
    for (let times = 0; times < 2; times += 1) expect(await said(url)).toMatch(NAMED);
  });

  it("that keeps one connection for each of ours is no transaction pooler, but our settings are missed", async () => {
    const words = await said(await through("pool_mode = session", "ignore_startup_parameters = options"));
    expect(words).toMatch(MISSED);
    expect(words).not.toContain("that shares connections");
  });
});
