import { connectAs } from "#lib/db/connection";
import { type Power, readPowers } from "#lib/db/powers";
import { serverState } from "#lib/db/server-state";
import { SUPPORTED } from "#lib/db/version";
import { env } from "#lib/env";

/** What is wrong with the database server and our login to it: the doctor and the set-up guide say the same. */

export type DatabaseFault =
  | { is: "login" | "one_login"; login: { name: string; powers: Power[] } }
  | { is: "unsupported"; version: number; oldest: number; newest: number }
  | { is: "unsafe"; name: string }
  | { is: "overruled"; settings: { name: string; found: string; wanted: string }[] }
  | { is: "clock_apart"; seconds: number }
  | { is: "few_connections"; allowed: number; needed: number; processes: number };

/** Maximum difference in seconds between the clocks of the database server and of this machine. */
const CLOCKS_APART = 5;

/** Finds what our login may do that it should not; nothing in a demo, whose database is its own. */
export async function examineOurLogin(): Promise<DatabaseFault[]> {
  if (env().demo) return [];
  const client = await connectAs("migration", {
    connectionString: env().DATABASE_URL,
    connectionTimeoutMillis: 5_000,
    application_name: "sekisho",
  });
  const login = await readPowers(client).finally(() => client.end());
  if (login.powers.length === 0) return [];
  return [{ is: env().DATABASE_ONE_LOGIN === "accept" ? "one_login" : "login", login }];
}

/** Finds what is wrong with the server; throws where it cannot be asked. */
export async function examineServer(): Promise<DatabaseFault[]> {
  const { version, unsafe, overruled, clockAhead, connections } = await serverState();
  return [
    ...(version < SUPPORTED.oldest || version > SUPPORTED.newest ? [{ is: "unsupported", version, ...SUPPORTED } as const] : []),
    ...unsafe.map((name) => ({ is: "unsafe", name }) as const),
    ...(overruled.length > 0 ? [{ is: "overruled", settings: overruled } as const] : []),
    ...(Math.abs(clockAhead) > CLOCKS_APART ? [{ is: "clock_apart", seconds: Math.round(clockAhead) } as const] : []),
    ...(connections.allowed < connections.needed ? [{ is: "few_connections", ...connections } as const] : []),
  ];
}
