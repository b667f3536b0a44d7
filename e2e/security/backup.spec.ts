import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { ensureOwner } from "../../scripts/machine/bundled.ts";
import { clusterIn, createCluster, startCluster, stopCluster, urlOfCluster } from "../../scripts/machine/cluster.ts";
import { copyCluster, putBackCluster } from "../../scripts/machine/copy-cluster.ts";
import { root, scratchDatabaseFolder } from "../../scripts/machine/place.ts";
import { freePort } from "../../scripts/machine/ports.ts";
import { newDatabase, openTestCluster, withDatabase } from "../../scripts/test/cluster.ts";
import { distributionPrograms } from "../../scripts/test/distribution.ts";
import { testEnvironment } from "../../scripts/test/environment.ts";
import { Client, passPassword, register } from "../support/api.ts";
import { expect, test } from "../support/fixtures.ts";
import { startInstance } from "../support/server.ts";

// A backup is taken while people sign in, and a restore ends what was issued since (RE-05, K18).

type Ran = { code: number; said: string };
const run = (command: string, databaseUrl: string, args: string[]): Promise<Ran> =>
  new Promise((resolve) =>
    execFile(
      process.execPath,
      ["--disable-warning=ExperimentalWarning", join(root, "scripts", "commands", command), ...args],
      {
        cwd: root,
        env: {
          NODE_ENV: process.env.NODE_ENV,
          PATH: process.env.PATH,
          HOME: process.env.HOME,
          ...testEnvironment,
          DATABASE_URL: databaseUrl,
        },
      },
      (error, out, err) => resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, said: out + err }),
    ),
  );

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

test("The bundled database is copied while people sign up, and the copy starts with what was committed (K18).", async () => {
  test.setTimeout(180_000);
  const cluster = clusterIn(scratchDatabaseFolder(), "secret");
  const port = await freePort();
  await createCluster(cluster);
  await startCluster(cluster, port);
  const place = join(mkdtempSync(join(tmpdir(), "sekisho-backup-")), "copy");
  try {
    await ensureOwner(cluster, port);
    const instance = await startInstance({ databaseUrl: urlOfCluster(cluster, port), env: { SEKISHO_LIMITS: "bench" } });
    const early = await register(new Client(instance.url));
    // Sign-ups go on during the copy.
    const [late] = await Promise.all([register(new Client(instance.url)), copyCluster(cluster, port, place)]);
    await instance.stop();
    await stopCluster(cluster, "immediate");
    const kept = putBackCluster(cluster, place);
    expect(kept && existsSync(kept)).toBe(true);
    await startCluster(cluster, port);
    expect(await run("restored.ts", urlOfCluster(cluster, port), [])).toEqual({ code: 0, said: expect.stringContaining("Ended: ") });
    const again = await startInstance({ databaseUrl: urlOfCluster(cluster, port), env: { SEKISHO_LIMITS: "bench" } });
    expect((await passPassword(early, new Client(again.url))).client).toBeTruthy();
    expect((await new Client(again.url).get("/api/health/ready")).status).toBe(200);
    expect(late.email).not.toBe(early.email);
    await again.stop();
  } finally {
    await stopCluster(cluster, "immediate").catch(() => undefined);
    rmSync(cluster.folder, { recursive: true, force: true });
    rmSync(join(place, ".."), { recursive: true, force: true });
  }
});

test("A PostgreSQL of one's own is dumped and filled by its own programs; a database that is not empty is refused (K18).", async () => {
  test.skip(distributionPrograms() === undefined, "peer: [postgresql not installed]");
  test.setTimeout(180_000);
  const cluster = await openTestCluster({ postgres: "distribution", durable: true });
  const folder = mkdtempSync(join(tmpdir(), "sekisho-dump-"));
  try {
    const database = await newDatabase(cluster.url);
    const instance = await startInstance({ databaseUrl: database, env: { SEKISHO_LIMITS: "bench" } });
    const person = await register(new Client(instance.url));
    const place = join(folder, "one.dump");
    expect(await run("backup.ts", database, [place])).toEqual({ code: 0, said: expect.stringContaining("APP_KEYS") });
    await instance.stop();
    expect(await run("restore.ts", database, [place])).toEqual({ code: 1, said: expect.stringContaining("not empty") });
    const empty = withDatabase(database, `restored_${Date.now()}`);
    await onServer(cluster.url, `CREATE DATABASE ${new URL(empty).pathname.slice(1)}`);
    expect(await run("restore.ts", empty, [place])).toEqual({ code: 0, said: expect.stringContaining("1 sessions") });
    const again = await startInstance({ databaseUrl: empty, env: { SEKISHO_LIMITS: "bench" } });
    const old = new Client(again.url);
    for (const [name, value] of person.client.cookies) old.cookies.set(name, value);
    expect((await old.get("/api/v1/session")).status).toBe(401);
    expect((await passPassword(person, new Client(again.url))).client).toBeTruthy();
    await again.stop();
  } finally {
    await cluster.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
