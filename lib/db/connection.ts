import pg from "pg";
import { type ConnectionKind, liftTransactionLimit, optionsOf } from "#lib/db/settings";

type Config = Omit<pg.ClientConfig, "options"> & { connectionString: string; application_name: string };

/** Opens a connection outside the pools with the settings of its kind; rejects as `pg` does, and is the caller's to end. */
export async function connectAs(kind: ConnectionKind, config: Config): Promise<pg.Client> {
  const client = new pg.Client({ ...config, options: optionsOf(kind) });
  // When the server closes the connection its statement fails; without a listener the process would end.
  client.on("error", () => undefined);
  await client.connect();
  await liftTransactionLimit(client);
  return client;
}
