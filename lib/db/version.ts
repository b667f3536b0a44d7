import pg from "pg";
import { log } from "#lib/log";

/** The oldest and the newest major version of PostgreSQL that the tests run on. */
export const SUPPORTED = { oldest: 15, newest: 18 } as const;

/** Thrown for a server that is too old, before anything is changed in it. */
export class UnsupportedServer extends Error {}

/** Returns the major version of a `server_version_num`: 15 for 150008. */
export const majorOf = (number: number): number => Math.floor(number / 10_000);

/** The major version of the server of a URL. */
export async function serverMajor(url: string): Promise<number> {
  // Connects without our settings, because an old server would reject a setting that it does not know.
  const client = new pg.Client({ connectionString: url, options: "-c statement_timeout=0", application_name: "sekisho version" });
  client.on("error", () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ number: number }>("SELECT current_setting('server_version_num')::int AS number");
    return majorOf(rows[0]?.number ?? 0);
  } finally {
    await client.end();
  }
}

/** Throws `UnsupportedServer` when the server is older than the product supports, and warns when it is newer than the tested versions. */
export async function checkVersion(url: string): Promise<void> {
  const major = await serverMajor(url);
  if (major < SUPPORTED.oldest)
    throw new UnsupportedServer(
      `The database runs on PostgreSQL ${major}; Sekisho needs ${SUPPORTED.oldest} to ${SUPPORTED.newest}.\nUpgrade the server, or set DATABASE_URL to another one. Nothing was changed.`,
    );
  if (major > SUPPORTED.newest)
    log.warn({ event: "database.newer" }, `PostgreSQL ${major} is newer than ${SUPPORTED.newest}, the newest that was tested`);
}
