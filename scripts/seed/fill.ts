import { sealEvents } from "#lib/audit/seal";
import { connectAs } from "#lib/db/connection";
import { bare } from "./bare.ts";
import { fillHistory } from "./history.ts";
import { fillPeople } from "./people.ts";

/** Fills a database with a site of this size, in one transaction of its owner: a load that fails leaves nothing. */

export type SeedSize = { users: number; messages: number };

/** Events that one transaction seals. */
const SEALED_AT_ONCE = 20_000;

/** Whether a database has been seeded. */
export async function isSeeded(ownerUrl: string): Promise<boolean> {
  const client = await connectAs("migration", { connectionString: ownerUrl, application_name: "sekisho seed" });
  const { rowCount } = await client
    .query("SELECT 1 FROM provider_accounts WHERE name = 'domestic' AND kind = 'demo'")
    .finally(() => client.end());
  return (rowCount ?? 0) > 0;
}

/** Loads, indexes and gathers statistics, then seals the events as the job does; `tell` hears of each step with the seconds it took. */
export async function fill(ownerUrl: string, { users, messages }: SeedSize, tell: (step: string, seconds: number) => void): Promise<void> {
  let began = performance.now();
  const told = (step: string) => {
    tell(step, (performance.now() - began) / 1000);
    began = performance.now();
  };
  const client = await connectAs("migration", { connectionString: ownerUrl, application_name: "sekisho seed" });
  try {
    await client.query("BEGIN");
    await client.query("SET LOCAL synchronous_commit = off");
    await client.query("SET LOCAL work_mem = '256MB'");
    await client.query("SET LOCAL maintenance_work_mem = '512MB'");
    const makeAgain = await bare(client);
    await fillPeople(client, users);
    told("accounts with phones");
    await fillHistory(client, users, messages, told);
    told("lost-phone cases");
    await makeAgain();
    told("indexes, keys and references");
    await client.query("COMMIT");
    await client.query(
      "VACUUM (ANALYZE) users, authenticators, phones, messages, delivery_attempts, audit_events, audit_unsealed, recovery_cases",
    );
    told("statistics");
  } finally {
    await client.end();
  }
  while ((await sealEvents({ most: SEALED_AT_ONCE, patient: true })) > 0);
  told("seals of the audit log");
}
