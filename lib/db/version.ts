import pg from "pg";
import { log } from "#lib/log";

/** The major versions of PostgreSQL that the tests run on or between. */
export const SUPPORTED = { oldest: 15, newest: 18 } as const;

/** Thrown for a server that is too old: nothing was changed in it. */
export class UnsupportedServer extends Error {}

/** The major version of a `server_version_num`: 150008 is 15. */
export const majorOf = (number: number): number => Math.floor(number / 10_000);

/** Throws `UnsupportedServer` where the server is older than what the product needs, and warns where it is newer than what was tested. */
export async function checkVersion(url: string): Promise<void> {
  // Not with our settings: an old server would refuse the connection for one that it does not know.
  const client = new pg.Client({ connectionString: url, options: "-c statement_timeout=0", application_name: "sekisho version" });
  client.on("error", () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ number: number }>("SELECT current_setting('server_version_num')::int AS number");
    const major = majorOf(rows[0]?.number ?? 0);
    if (major < SUPPORTED.oldest)
      throw new UnsupportedServer(
        `The database runs on PostgreSQL ${major}; Sekisho needs ${SUPPORTED.oldest} to ${SUPPORTED.newest}.\nUpgrade the server, or set DATABASE_URL to another one. Nothing was changed.`,
      );
    if (major > SUPPORTED.newest)
      log.warn({ event: "database.newer" }, `PostgreSQL ${major} is newer than ${SUPPORTED.newest}, the newest that was tested`);
  } finally {
    await client.end();
  }
}
