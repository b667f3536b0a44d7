import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { root } from "../../scripts/machine/place.ts";
import { dropDatabase, newDatabase } from "../../scripts/test/cluster.ts";
import { testEnvironment } from "../../scripts/test/environment.ts";
import { Client, passPassword, register } from "../support/api.ts";
import { expect, test } from "../support/fixtures.ts";
import { openRows } from "../support/rows.ts";
import { clusterUrl, startInstance } from "../support/server.ts";

// A restored backup revives what had ended since: the doctor reports it, and one command ends it again (RE-05, K18).

/** Runs an operator's command with every variable set, so that it does not use the clone's secrets. */
function run(
  command: string,
  databaseUrl: string,
  env: Record<string, string> = {},
  args: string[] = [],
): Promise<{ code: number; said: string }> {
  const variables = {
    NODE_ENV: process.env.NODE_ENV,
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    ...testEnvironment,
    DATABASE_URL: databaseUrl,
    ...env,
  };
  const script = [join(root, "scripts", "commands", command), ...args];
  return new Promise((resolve) =>
    execFile(process.execPath, ["--disable-warning=ExperimentalWarning", ...script], { env: variables, cwd: root }, (error, out, err) =>
      resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, said: out + err }),
    ),
  );
}

// Durable, because the doctor would report a server with durability off.

const nameOf = (url: string) => new URL(url).pathname.slice(1);

test("After a backup was restored the doctor warns; npm run restored ends sessions, devices and used codes; then all is well (K18).", async ({
  durableCluster,
}) => {
  test.setTimeout(180_000);
  const database = await newDatabase(durableCluster.url);
  expect((await run("restored.ts", database, {}, ["--nothing-lost"])).code).toBe(0);
  const first = await startInstance({ databaseUrl: database, env: { SEKISHO_LIMITS: "bench", LOG_LEVEL: "warn" } });
  const person = await register(new Client(first.url));
  expect(await run("doctor.ts", database)).toEqual({ code: 0, said: expect.stringContaining("All is well") });
  expect(first.log()).not.toContain("database.moved");
  await first.stop();

  // The backup is taken here; afterwards the user ends the session and uses a recovery code, and the database is lost.
  const restored = await newDatabase(durableCluster.url, nameOf(database));
  const second = await startInstance({ databaseUrl: database, env: { SEKISHO_LIMITS: "bench" } });
  const [used = "", unused = ""] = person.codes;
  const before = new Client(second.url);
  for (const [name, value] of person.client.cookies) before.cookies.set(name, value);
  const recovering = (await passPassword(person, new Client(second.url))).client;
  expect((await recovering.post("/challenge/verify", { method: "recovery_code", code: used })).status).toBe(200);
  await second.stop();
  await dropDatabase(database);

  const third = await startInstance({ databaseUrl: restored, env: { SEKISHO_LIMITS: "bench", LOG_LEVEL: "warn" } });
  const at = (client: Client) => {
    const copy = new Client(third.url);
    for (const [name, value] of client.cookies) copy.cookies.set(name, value);
    return copy;
  };
  try {
    expect(third.log()).toContain("database.moved");
    const warned = await run("doctor.ts", restored);
    expect(warned.code).toBe(1);
    expect(warned.said).toMatch(/restored from a backup.*npm run restored/s);
    expect((await run("doctor.ts", restored, { LANG: "ja_JP.UTF-8" })).said).toMatch(/バックアップから復元.*npm run restored/s);
    expect((await at(person.client).get("/api/v1/session")).status).toBe(200);

    const ended = await run("restored.ts", restored);
    expect(ended).toEqual({ code: 0, said: expect.stringContaining("10 recovery codes of 1 accounts") });
    expect(await run("doctor.ts", restored)).toEqual({ code: 0, said: expect.stringContaining("All is well") });
    expect((await at(person.client).get("/api/v1/session")).status).toBe(401);
    const rows = await openRows(restored);
    expect(await rows.count("SELECT count(*) FROM known_devices")).toBe(0);
    await rows.close();
    const { client: pending, code } = await passPassword(person, new Client(third.url));
    for (const recovery of [used, unused])
      expect((await pending.clone().post("/challenge/verify", { method: "recovery_code", code: recovery })).status).not.toBe(200);
    expect(await pending.post("/challenge/verify", { code })).toMatchObject({ status: 200, body: { next: "save_recovery_codes" } });
    const fresh = (await pending.post("/recovery-codes")).body.codes ?? [];
    expect(fresh).toHaveLength(10);
    expect(fresh).not.toContain(unused);
  } finally {
    await third.stop();
    await dropDatabase(restored);
  }
});

test("The doctor names what is wrong, one thing at a time, and what to do; it changes nothing and ends with 1.", async () => {
  test.setTimeout(120_000);
  const database = await newDatabase(clusterUrl());
  await run("restored.ts", database, {}, ["--nothing-lost"]);
  const server = await startInstance({ databaseUrl: database, env: { SEKISHO_LIMITS: "bench" } });
  await register(new Client(server.url));
  const rows = await openRows(database);
  const doctor = async (env: Record<string, string> = {}) => {
    const state = await rows.state();
    const { code, said } = await run("doctor.ts", database, env);
    expect(await rows.state()).toEqual(state);
    expect(code, said).toBe(1);
    return said;
  };
  try {
    await rows.settled();
    const other = { APP_KEYS: `test:${randomBytes(32).toString("base64")}` };
    expect(await doctor(other)).toMatch(/1 phone numbers cannot be read \(key test\)[\s\S]*APP_KEYS/);
    expect(await doctor({ APP_KEYS: `new:${randomBytes(32).toString("base64")}` })).toMatch(/1 passwords cannot be read \(key test\)/);
    expect(await doctor({ DATABASE_URL: database.replace(nameOf(database), "nowhere") })).toMatch(/does not answer[\s\S]*nowhere/);
    expect(await doctor({ SEKISHO_MODE: "production", APP_URL: "https://login.example.jp", TRUSTED_PROXIES: "none", LANG: "ja" })).toMatch(
      /送信サービスが登録されていません/,
    );
    await server.stop();
    await rows.query(
      "UPDATE graphile_worker._private_known_crontabs SET last_execution = now() - interval '7 minutes', known_since = now() - interval '1 day'",
    );
    await rows.query("SELECT graphile_worker.add_job('send_message', '{}', run_at => now() - interval '2 minutes')");
    const stopped = await doctor();
    expect(stopped).toMatch(/No worker has run for 7 minutes/);
    expect(stopped).toMatch(/1 messages have waited/);
    await rows.query(
      "UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = (SELECT max(migration_name) FROM _prisma_migrations)",
    );
    expect(await doctor()).toMatch(/has not the tables of this version/);
  } finally {
    await rows.close();
    await server.stop();
    await dropDatabase(database);
  }
});
