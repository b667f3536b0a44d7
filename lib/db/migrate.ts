import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import { Logger, runMigrations } from "graphile-worker";
import pg from "pg";
import { connectAs } from "#lib/db/connection";
import { poolSettings } from "#lib/db/settings";
import { checkVersion } from "#lib/db/version";
import { singleton } from "#lib/singleton";

const folder = fileURLToPath(new URL("../../prisma", import.meta.url));

/** Any fixed number: every start of every instance takes the same lock. */
const MIGRATION_LOCK = 5_346_271_908;

/**
 * Migrates a database to this version: Prisma's migrations, those of the job queue, and the application role's rights on the queue. Throws
 * `UnsupportedServer`.
 */
export async function migrate(ownerUrl: string): Promise<{ applied: string[] }> {
  await checkVersion(ownerUrl);
  const client = await connectAs("migration", { connectionString: ownerUrl, application_name: "sekisho migrations" });
  try {
    // A session lock, because Prisma and graphile-worker open connections of their own: simultaneous starts wait here and then find nothing to do.
    await client.query("SELECT pg_advisory_lock($1)", [MIGRATION_LOCK]);
    const applied = await applyPrisma(ownerUrl);
    await applyQueue(ownerUrl);
    await client.query(GRANT_QUEUE);
    return { applied };
  } finally {
    await client.end();
  }
}

type Engine = typeof import("@prisma/schema-engine-wasm");

/**
 * The package expects a bundler that imports .wasm, so Node passes the module in. Loaded once per process: its glue code keeps a view of the
 * memory, and a second module would make it read the wrong one.
 */
async function loadEngine(): Promise<Engine> {
  const require = createRequire(import.meta.url);
  const glue: unknown = await import("@prisma/schema-engine-wasm/schema_engine_bg");
  const file = require.resolve("@prisma/schema-engine-wasm/schema_engine_bg").replace(/\.js$/, ".wasm");
  const { instance } = await WebAssembly.instantiate(readFileSync(file), { "./schema_engine_bg.js": glue as WebAssembly.ModuleImports });
  (glue as { __wbg_set_wasm(exports: WebAssembly.Exports): void }).__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  return glue as Engine;
}

function migrationList() {
  const base = join(folder, "migrations");
  const lock = join(base, "migration_lock.toml");
  const file = (name: string) => ({ tag: "ok" as const, value: readFileSync(join(base, name, "migration.sql"), "utf8") });
  const names = readdirSync(base, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return {
    baseDir: base,
    lockfile: { path: "migration_lock.toml", content: existsSync(lock) ? readFileSync(lock, "utf8") : null },
    shadowDbInitScript: "",
    migrationDirectories: names
      .map(({ name }) => name)
      .sort()
      .map((path) => ({ path, migrationFile: { path: "migration.sql", content: file(path) } })),
  };
}

/**
 * The adapter splits a script at every semicolon, even inside function bodies and comments. PostgreSQL executes a whole script as one transaction,
 * so a migration is applied entirely or not at all.
 */
class WholeScripts extends PrismaPg {
  override async connect() {
    const adapter = await super.connect();
    adapter.executeScript = async (script) => {
      await adapter.underlyingDriver().query(script);
    };
    return adapter;
  }
}

/** A pool with an error listener: a connection that the server closes while its pool ends would otherwise end the process. */
function calmPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, ...poolSettings("migration"), application_name: "sekisho migrations" });
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

async function applyQueue(ownerUrl: string): Promise<void> {
  const pool = calmPool(ownerUrl);
  try {
    await runMigrations({ pgPool: pool, logger: new Logger(() => () => {}) });
  } finally {
    await pool.end();
  }
}

async function applyPrisma(ownerUrl: string): Promise<string[]> {
  const { SchemaEngine } = await singleton("schema-engine", loadEngine);
  const schema = join(folder, "schema");
  const datamodels = readdirSync(schema).map((name): [string, string] => [join(schema, name), readFileSync(join(schema, name), "utf8")]);
  // The engine leaves its connections open when it is freed, so it gets its own pool.
  const pool = calmPool(ownerUrl);
  const adapter = bindMigrationAwareSqlAdapterFactory(new WholeScripts(pool));
  const engine = await SchemaEngine.new({ datamodels }, () => {}, adapter);
  try {
    const filters = { externalTables: [], externalEnums: [] };
    const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList: migrationList(), filters });
    return appliedMigrationNames;
  } finally {
    engine.free();
    await pool.end();
  }
}

/**
 * graphile-worker enables row level security without a policy on its tables, so the application role would see an empty queue. Repeated at every
 * start, because its migrations may add tables.
 */
const GRANT_QUEUE = `
DO $$
DECLARE queue_table record;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sekisho_app') THEN RETURN; END IF;
  GRANT USAGE ON SCHEMA graphile_worker TO sekisho_app;
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA graphile_worker TO sekisho_app;
  REVOKE INSERT, UPDATE, DELETE ON graphile_worker.migrations FROM sekisho_app;
  GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA graphile_worker TO sekisho_app;
  GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA graphile_worker TO sekisho_app;
  FOR queue_table IN SELECT c.oid::regclass AS name FROM pg_class c
    WHERE c.relnamespace = 'graphile_worker'::regnamespace AND c.relrowsecurity
      AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'sekisho_app')
  LOOP
    EXECUTE format('CREATE POLICY sekisho_app ON %s TO sekisho_app USING (true) WITH CHECK (true)', queue_table.name);
  END LOOP;
END $$`;
