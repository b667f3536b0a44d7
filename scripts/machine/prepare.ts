import { parseEnv } from "#lib/env";
import { openBundled } from "./bundled.ts";
import { ensureClient } from "./client.ts";
import { lastPort } from "./place.ts";
import { portProblem } from "./ports.ts";
import { CommandRefusal } from "./refusal.ts";
import { actionKey, existingSecrets, localSecrets } from "./secrets.ts";

/** Returns true when DATABASE_URL names the bundled database of this clone, as `npm run db:url` prints it. */
function namesBundled(url: string): boolean {
  const secrets = existingSecrets();
  const parsed = URL.parse(url);
  return !!secrets && parsed?.hostname === "127.0.0.1" && decodeURIComponent(parsed.password) === secrets.DATABASE_PASSWORD;
}

/**
 * Checks the configuration, starts the bundled database if none is given, and completes `process.env` for the server. In production a missing value
 * is an error before any change.
 */
export async function prepareEnvironment({ listens }: { listens: boolean }): Promise<{ folder?: string }> {
  const production = process.env.SEKISHO_MODE === "production";
  const bundled = !production && (!process.env.DATABASE_URL || namesBundled(process.env.DATABASE_URL));
  // Receipts reach a listening instance, so a command or worker must name that instance's port to a provider.
  if (bundled && !listens) process.env.PORT ||= lastPort();
  const env = parseEnv(production ? process.env : { DATABASE_URL: "postgres://later", APP_KEYS: `later:${"A1".repeat(22)}`, ...given() });
  if (listens) await refuseTakenPort(env.PORT, env.LISTEN_HOST ?? (env.demo ? "127.0.0.1" : "0.0.0.0"));
  if (!production) process.env.APP_KEYS ||= localSecrets().APP_KEYS;
  process.env.NEXT_SERVER_ACTIONS_ENCRYPTION_KEY = actionKey();
  process.env.NEXT_TELEMETRY_DISABLED = "1";
  if (!bundled) return {};
  const { url, folder } = await openBundled(localSecrets());
  process.env.DATABASE_URL = url;
  return { folder };
}

const given = () => Object.fromEntries(Object.entries(process.env).filter(([, value]) => value));

async function refuseTakenPort(port: number, host: string) {
  const problem = await portProblem(port, host);
  if (!problem) return;
  if (problem === "EADDRINUSE") {
    throw new CommandRefusal(`Port ${port} is taken by another program.\nChoose another one, for example: PORT=${port + 1} npm start`);
  }
  throw new CommandRefusal(`Port ${port} on ${host} cannot be used (${problem}).\nChoose another one, for example: PORT=3000 npm start`);
}

/** Migrates a database by its owner's URL and returns the names of the applied migrations. */
export async function migrateAs(ownerUrl: string): Promise<string[]> {
  const { migrate } = await import("#lib/db/migrate");
  const { applied } = await migrate(ownerUrl);
  if (applied.length > 0) console.log(`Applied ${applied.length} migration${applied.length === 1 ? "" : "s"}: ${applied.join(", ")}`);
  return applied;
}

/**
 * Generates the database client and, in demo mode, migrates the database in `process.env`. In production only `npm run migrate` migrates: missing
 * migrations are refused, and with `serves` also a login that is or can become the owner.
 */
export async function prepareDatabase({ serves = false } = {}) {
  if (process.env.SEKISHO_MODE === "production") {
    const { admitDatabase, requireMigrations } = await import("#lib/db/admit");
    await (serves ? admitDatabase() : requireMigrations());
  } else await migrateAs(process.env.DATABASE_OWNER_URL || process.env.DATABASE_URL || "");
  await ensureClient();
}
