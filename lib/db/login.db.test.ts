import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { examineLogin } from "#lib/db/login";
import { env } from "#lib/env";
import { loginUrl } from "../../scripts/test/cluster.ts";

// A login that owns the tables, or can become their owner, could remove the protection of the audit log (LG-03, J07).

const { pathname, username } = new URL(env().DATABASE_URL);
const database = pathname.slice(1);
const owner = new pg.Client({ connectionString: env().DATABASE_URL });
const superuser = new pg.Client({ connectionString: loginUrl(env().DATABASE_URL, "postgres") });
const made: string[] = [];

/** Creates a role of this database as the superuser; returns its name. */
async function role(attributes: string): Promise<string> {
  const name = `${database}_${made.length}`;
  made.push(name);
  await superuser.query(`CREATE ROLE ${name} LOGIN PASSWORD '${decodeURIComponent(new URL(env().DATABASE_URL).password)}' ${attributes}`);
  return name;
}

/** Creates a login that can act as the application and has these extra rights; `$` stands for its name. */
async function login(...more: string[]): Promise<string> {
  const name = await role("");
  await superuser.query(`GRANT sekisho_app TO ${name}`);
  for (const statement of more) await superuser.query(statement.replaceAll("$", name));
  return name;
}

const powersOf = async (name: string) => (await examineLogin(loginUrl(env().DATABASE_URL, name))).powers;

beforeAll(async () => {
  await owner.connect();
  await superuser.connect();
});
afterAll(async () => {
  for (const name of made.reverse()) await superuser.query(`DROP OWNED BY ${name}; DROP ROLE ${name}`);
  await superuser.end();
  await owner.end();
});

describe("A second login that is a member of sekisho_app and nothing else", () => {
  it.each([[""], ["ALTER ROLE $ NOINHERIT"], ["GRANT pg_monitor TO $"], ["ALTER ROLE $ CREATEDB"]])("can do no more: %s", async (more) => {
    const name = await login(...(more ? [more] : []));
    expect(await examineLogin(loginUrl(env().DATABASE_URL, name))).toEqual({ name, database, member: true, powers: [], unapplied: [] });
  });
});

describe("A login that can do more", () => {
  it("is the owner itself", async () => {
    const powers = await powersOf(username);
    expect(powers).toContainEqual({ is: "owner", role: username, what: expect.stringContaining("tables in public") });
    expect(powers).toContainEqual({ is: "owner", role: username, what: expect.stringContaining(`the database ${database}`) });
    expect(powers).toContainEqual({ is: "createrole", role: username, what: "" });
    expect(powers.filter(({ is }) => is === "right")).toEqual([]);
  });

  it("is a superuser", async () => expect(await powersOf("postgres")).toEqual([{ is: "superuser", role: "postgres", what: "" }]));

  it.each([
    ["a member of the owner", `GRANT ${username} TO $`],
    ["a member of the owner that inherits nothing, as SET ROLE gives it", `ALTER ROLE $ NOINHERIT; GRANT ${username} TO $`],
  ])("is %s", async (_, grant) =>
    expect(await powersOf(await login(grant))).toContainEqual({
      is: "owner",
      role: username,
      what: expect.stringContaining("tables in public"),
    }),
  );

  it("is a member of a member of the owner", async () => {
    const between = await role(`NOINHERIT IN ROLE ${username}`);
    const powers = await powersOf(await login(`GRANT ${between} TO $`));
    expect(powers).toContainEqual({ is: "owner", role: username, what: expect.stringContaining("tables in public") });
  });

  it.each([
    ["may make roles, and on PostgreSQL 15 members of the owner", "ALTER ROLE $ CREATEROLE", { is: "createrole", what: "" }],
    ["ignores row level security", "ALTER ROLE $ BYPASSRLS", { is: "bypassrls", what: "" }],
    ["reads the whole server by replication", "ALTER ROLE $ REPLICATION", { is: "replication", what: "" }],
    ["owns the schema", "ALTER SCHEMA graphile_worker OWNER TO $", { is: "owner", what: "the schema graphile_worker" }],
    ["owns one of the functions", "ALTER FUNCTION app_now() OWNER TO $", { is: "owner", what: "functions in public" }],
    ["may change what was logged", "GRANT UPDATE ON audit_events TO $", { is: "right", what: "UPDATE on audit_events" }],
    ["may change one column of the log", "GRANT UPDATE (ip) ON audit_events TO $", { is: "right", what: "UPDATE on audit_events" }],
    ["may say when it was logged", "GRANT INSERT (at) ON audit_events TO $", { is: "right", what: "INSERT on audit_events" }],
    ["may take out what was logged", "GRANT DELETE ON audit_seals TO $", { is: "right", what: "DELETE on audit_seals" }],
    ["may empty the log", "GRANT TRUNCATE ON audit_events TO $", { is: "right", what: "TRUNCATE on audit_events" }],
    ["may put triggers on the log", "GRANT TRIGGER ON audit_events TO $", { is: "right", what: "TRIGGER on audit_events" }],
    ["may write what was migrated", "GRANT UPDATE ON _prisma_migrations TO $", { is: "right", what: "UPDATE on _prisma_migrations" }],
    ["may plant objects for the owner", "GRANT CREATE ON SCHEMA public TO $", { is: "create", what: "the schema public" }],
    ["may plant schemas", `GRANT CREATE ON DATABASE ${database} TO $`, { is: "create", what: `the database ${database}` }],
  ])("%s: %s", async (_, grant, power) => {
    const name = await login(grant);
    try {
      expect(await powersOf(name)).toContainEqual({ ...power, role: name });
    } finally {
      await superuser.query(`REASSIGN OWNED BY ${name} TO ${username}`);
    }
  });

  it("gets it from a predefined role", async () => {
    const writer = await powersOf(await login("GRANT pg_write_all_data TO $"));
    expect(writer).toContainEqual({ is: "right", role: "pg_write_all_data", what: "DELETE on audit_events" });
    const server = await powersOf(await login("ALTER ROLE $ NOINHERIT; GRANT pg_execute_server_program TO $"));
    expect(server).toEqual([{ is: "server", role: "pg_execute_server_program", what: "" }]);
  });

  it("gets it because PUBLIC has it", async () => {
    await owner.query("GRANT DELETE ON audit_events TO PUBLIC");
    const powers = await powersOf(await login());
    await owner.query("REVOKE DELETE ON audit_events FROM PUBLIC");
    expect(powers).toContainEqual({ is: "right", role: "sekisho_app", what: "DELETE on audit_events" });
  });
});

describe("A login", () => {
  it("that cannot act as the application is told apart from a database that lacks something", async () => {
    const name = await role("");
    expect(await examineLogin(loginUrl(env().DATABASE_URL, name))).toMatchObject({ member: false, unapplied: [] });
  });

  it("finds what the database lacks of this version, the queue's own migrations too, and nothing where the database is newer", async () => {
    const name = await login();
    const unapplied = async () => (await examineLogin(loginUrl(env().DATABASE_URL, name))).unapplied;
    const change = (set: string) => owner.query(`UPDATE _prisma_migrations SET ${set} WHERE migration_name LIKE '%_delivery'`);
    await change("finished_at = NULL");
    expect(await unapplied()).toEqual([expect.stringMatching(/_delivery$/)]);
    await change("finished_at = now(), rolled_back_at = now()");
    expect(await unapplied()).toEqual([expect.stringMatching(/_delivery$/)]);
    await change("rolled_back_at = NULL");
    await owner.query(
      "INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('x', 'x', '29990101000000_later', now())",
    );
    expect(await unapplied()).toEqual([]);
    await owner.query("UPDATE graphile_worker.migrations SET id = -id WHERE id = (SELECT max(id) FROM graphile_worker.migrations)");
    expect(await unapplied()).toEqual(["graphile_worker"]);
    await owner.query("UPDATE graphile_worker.migrations SET id = -id WHERE id < 0");
    expect(await unapplied()).toEqual([]);
  });
});
