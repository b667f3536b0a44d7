import pg from "pg";
import { type ConnectionKind, liftTransactionLimit, optionsOf } from "#lib/db/settings";

type Config = Omit<pg.ClientConfig, "options"> & { connectionString: string; application_name: string };

/** Opens a connection outside the pools with the settings of its kind; rejects like `pg`. The caller ends it. */
export async function connectAs(kind: ConnectionKind, config: Config): Promise<pg.Client> {
  const client = new pg.Client({ ...config, options: optionsOf(kind) });
  // A connection that the server closes fails its statement; without a listener the event would end the process.
  client.on("error", () => undefined);
  await client.connect();
  await liftTransactionLimit(client);
  return client;
}
