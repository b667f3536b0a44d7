import { randomBytes } from "node:crypto";
import pg from "pg";
import { freePort } from "../../scripts/machine/ports.ts";
import { APP_LOGIN, dropDatabase, loginUrl, withDatabase } from "../../scripts/test/cluster.ts";
import { Client, PASSWORD, type Person, register } from "../support/api.ts";
import { test as base, expect, HOST, PRODUCTION } from "../support/fixtures.ts";
import { askAs } from "../support/plain.ts";
import { must, program, type Ran } from "../support/provider.ts";
import { openRows, type Rows } from "../support/rows.ts";
import { clusterUrl, startInstance } from "../support/server.ts";

// In production the application's login neither owns the tables nor can become their owner, and only npm run migrate changes them; a compromised
// application cannot alter the audit log (LG-03, J07).

const password = () => decodeURIComponent(new URL(clusterUrl()).password);

/** Creates a login that can act as the application and has this additional right. */
async function login(superuser: Rows, name: string, grant: string): Promise<string> {
  await superuser.query(`CREATE ROLE ${name} LOGIN PASSWORD '${password()}'; GRANT sekisho_app TO ${name}; ${grant.replaceAll("$", name)}`);
  return name;
}

/** Starts an instance or a worker that must be refused. */
const start = async (database: string, file: "serve" | "work", name: string, more: Record<string, string> = {}): Promise<Ran> =>
  program(`scripts/commands/${file}.ts`, database, [], {
    ...PRODUCTION,
    PORT: String(await freePort()),
    DATABASE_URL: loginUrl(database, name),
    ...more,
  });

const test = base.extend<object, { superuser: Rows; newName: () => string }>({
  superuser: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern.
    async ({}, use) => {
      const superuser = await openRows(loginUrl(clusterUrl(), "postgres"));
      await use(superuser);
      await superuser.close();
    },
    { scope: "worker" },
  ],
  // Every login that a test names is dropped at the end.
  newName: [
    async ({ superuser }, use) => {
      const made: string[] = [];
      await use(() => {
        const name = `login_${randomBytes(4).toString("hex")}`;
        made.push(name);
        return name;
      });
      for (const name of made) await superuser.query(`DROP ROLE IF EXISTS ${name}`);
    },
    { scope: "worker" },
  ],
});
test.use({ serverSettings: {} });

const REFUSED: readonly (readonly [what: string, grant: string | null, said: RegExp])[] = [
  ["the owner's login", null, /it owns .*tables in public/],
  ["a login that is a member of the owner", "GRANT sekisho TO $", /it can become sekisho, which owns .*tables in public/],
  ["a login that inherits nothing of the owner and can become it", "ALTER ROLE $ NOINHERIT; GRANT sekisho TO $", /it can become sekisho/],
  ["a login that may make roles", "ALTER ROLE $ CREATEROLE", /it may make roles \(CREATEROLE\)/],
  ["a login that is a superuser", "ALTER ROLE $ SUPERUSER", /it is a superuser/],
  ["a login that may write everything", "GRANT pg_write_all_data TO $", /it can become pg_write_all_data, which has .* on /],
];

for (const [what, grant, said] of REFUSED)
  test(`Production does not start with ${what}, and says why and what to do.`, async ({ superuser, newName, database }) => {
    const name = grant === null ? "sekisho" : await login(superuser, newName(), grant);
    for (const file of ["serve", "work"] as const) {
      const { code, out } = await start(database, file, name);
      expect(code, out).toBe(1);
      expect(out).toMatch(said);
      expect(out).toMatch(/npm run migrate with DATABASE_OWNER_URL prints the SQL[\s\S]*DATABASE_ONE_LOGIN=accept/);
      expect(out, "a sentence, no stack, no password").not.toMatch(/\n\s+at /);
      expect(out).not.toContain(password());
    }
  });

test("A login that cannot act as the application is refused with the grant that it lacks.", async ({ superuser, newName, database }) => {
  const { code, out } = await start(database, "serve", await login(superuser, newName(), "REVOKE sekisho_app FROM $"));
  expect(code, out).toBe(1);
  expect(out).toMatch(/cannot act as the role sekisho_app[\s\S]*GRANT sekisho_app TO "login_/);
});

test("With one login that is accepted by name production runs, the log warns, and the doctor says what is lost.", async ({ database }) => {
  const accepted = { ...PRODUCTION, DATABASE_ONE_LOGIN: "accept" };
  const server = await startInstance({ databaseUrl: database, login: "sekisho", env: { ...accepted, LOG_LEVEL: "warn" } });
  try {
    expect((await askAs(HOST, server.port, { path: "/api/health/ready" })).status).toBe(200);
    expect(server.log()).toContain("database.one_login");
    const doctor = (LANG: string) => program("scripts/commands/doctor.ts", database, [], { ...accepted, LANG, DATABASE_URL: database });
    expect((await doctor("C")).out).toMatch(/^! .*the audit log is not append-only against the application itself/m);
    expect((await doctor("ja_JP.UTF-8")).out).toMatch(/^! .*監査ログはアプリケーション自身に対しては追記専用になりません/m);
    expect((await program("scripts/commands/doctor.ts", database, [], { ...PRODUCTION, DATABASE_URL: database })).out).toMatch(
      /^✗ The login sekisho of DATABASE_URL can do more/m,
    );
  } finally {
    await server.stop();
  }
});

test("What the second login has is no way back to the owner: SET ROLE NONE gives no more than the application's rights.", async ({
  database,
}) => {
  const client = new pg.Client({ connectionString: loginUrl(database, APP_LOGIN), options: "-c role=sekisho_app" });
  await client.connect();
  await client.query("SET ROLE NONE");
  for (const statement of [
    "DELETE FROM audit_events",
    "TRUNCATE audit_events",
    "ALTER TABLE audit_events OWNER TO sekisho_login",
    "SET ROLE sekisho",
  ])
    await expect(client.query(statement), statement).rejects.toThrow(/permission denied|must be owner/);
  await client.end();
});

test("npm run migrate without the owner's login says what it needs; a login that is not the owner is refused before anything is touched.", async ({
  database,
}) => {
  const migrate = (env: Record<string, string>) => program("scripts/commands/migrate.ts", database, [], { APP_KEYS: "", ...env });
  const without = await migrate({ ...PRODUCTION });
  expect([without.code, without.out]).toEqual([1, expect.stringMatching(/DATABASE_OWNER_URL: is missing[\s\S]*DATABASE_ONE_LOGIN=accept/)]);
  const wrong = await migrate({ DATABASE_OWNER_URL: loginUrl(database, APP_LOGIN) });
  expect([wrong.code, wrong.out]).toEqual([1, expect.stringMatching(/sekisho_login is not the owner of the tables.*that is sekisho/)]);
  const one = await migrate({ ...PRODUCTION, DATABASE_ONE_LOGIN: "accept", DATABASE_URL: database });
  expect([one.code, one.out]).toEqual([0, expect.stringMatching(/Nothing to apply[\s\S]*not append-only/)]);
  const right = await migrate({ DATABASE_OWNER_URL: database, DATABASE_URL: loginUrl(database, APP_LOGIN) });
  expect([right.code, right.out]).toEqual([
    0,
    expect.stringMatching(/sekisho_login of DATABASE_URL can act as the application and do nothing else/),
  ]);
});

/** Signs in with a recovery code through the proxy. No provider carries the text, so the worker ends it as failed. */
async function signIn(port: number, person: Person): Promise<void> {
  const json = { identifier: person.email, password: PASSWORD };
  const opened = await askAs(HOST, port, { method: "POST", path: "/api/v1/sign-in", json });
  expect(opened.status, opened.body).toBe(200);
  const cookie = opened.cookies[0]?.split(";")[0] ?? "";
  const delivery = async () => JSON.parse((await askAs(HOST, port, { path: "/api/v1/challenge", headers: { cookie } })).body).delivery;
  await expect.poll(delivery, { timeout: 15_000 }).toMatchObject({ status: "failed" });
  const answer = { method: "recovery_code", code: person.codes[0] };
  const done = await askAs(HOST, port, { method: "POST", path: "/api/v1/challenge/verify", json: answer, headers: { cookie } });
  expect(done.status, done.body).toBe(200);
}

test("From an empty database to a signed-in person: two migrations at once, the login that the printed SQL makes, instance, worker and commands.", async ({
  rows,
  newName,
  database,
}) => {
  test.setTimeout(240_000);
  const empty = withDatabase(clusterUrl(), `test_${randomBytes(6).toString("hex")}`);
  const name = newName();
  const url = loginUrl(empty, name);
  await rows.query(`CREATE DATABASE ${new URL(empty).pathname.slice(1)}`);
  try {
    for (const file of ["serve", "work"] as const) {
      const { code, out } = await start(database, file, APP_LOGIN, { DATABASE_URL: loginUrl(empty, APP_LOGIN) });
      expect(code, out).toBe(1);
      expect(out).toMatch(/not of this version[\s\S]*Run npm run migrate with DATABASE_OWNER_URL/);
    }
    const inside = new pg.Client({ connectionString: empty });
    await inside.connect();
    expect((await inside.query("SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace")).rowCount).toBe(0);

    // A machine that migrates has the owner's password and no key.
    const migrate = () =>
      must(program("scripts/commands/migrate.ts", empty, [], { APP_KEYS: "", DATABASE_OWNER_URL: empty, DATABASE_URL: url }));
    const both = await Promise.all([migrate(), migrate()]);
    expect(both.filter((out) => out.includes("Applied"))).toHaveLength(1);
    const [said = ""] = both;
    expect(said).not.toContain(password());
    const sql = /^CREATE ROLE [\s\S]*?;\nGRANT [\s\S]*?;\nGRANT .*;$/m.exec(said)?.[0] ?? "";
    expect(sql).toContain(`CREATE ROLE ${name} LOGIN PASSWORD 'PASSWORD'`);
    await inside.query(sql.replace("'PASSWORD'", `'${password()}'`));
    await inside.end();
    expect(await migrate()).toMatch(/Nothing to apply[\s\S]*can act as the application and do nothing else/);

    const demo = await startInstance({ databaseUrl: empty, env: { SEKISHO_LIMITS: "bench" } });
    const person = await register(new Client(demo.url));
    await demo.stop();
    const server = await startInstance({ databaseUrl: empty, login: name, env: PRODUCTION });
    try {
      expect((await askAs(HOST, server.port, { path: "/api/health/ready" })).status).toBe(200);
      await signIn(server.port, person);
      const command = (file: string, args: string[]) =>
        program(`scripts/commands/${file}.ts`, empty, args, { ...PRODUCTION, DATABASE_URL: url });
      await must(command("provider", ["list"]));
      await must(command("texts", ["set", "sign-in", "en", "{service} {purpose}: {code} ({minutes} min)\\n{warning}"]));
      expect(await must(command("restored", ["--nothing-lost"]))).toContain("at home here");
      expect(await must(command("restored", []))).toMatch(/Ended: \d+ sessions/);
      const { out } = await command("doctor", []);
      // Expects only findings about settings that this test leaves out; the test cluster is not durable.
      expect(out.split("\n").filter((line) => line.startsWith("✗") && !line.includes("is off in the database"))).toEqual([
        expect.stringContaining("No mail can be sent"),
        expect.stringContaining("No provider account carries texts"),
      ]);
      expect(server.log()).not.toMatch(/permission denied|42501|uncaught|unhandled/i);
    } finally {
      await server.stop();
    }
  } finally {
    await dropDatabase(empty);
  }
});
