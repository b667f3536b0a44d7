import type pg from "pg";

/** Load first, index then: takes the indexes, keys and references of tables away while they are filled, and makes them again as they were. */

type Definition = { table: string; name: string; text: string };

/** The tables that are filled. References between them are checked once, when they come back. */
const FILLED = [
  "users",
  "authenticators",
  "phones",
  "recovery_code_sets",
  "known_devices",
  "challenges",
  "messages",
  "delivery_attempts",
  "audit_events",
];
/** Tables that are large enough for their primary key to be made afterwards. */
const LARGE = ["delivery_attempts", "messages", "audit_events"];

const definitions = async (client: pg.Client, text: string): Promise<Definition[]> => (await client.query<Definition>(text, [FILLED])).rows;

/** Takes them away in the transaction of the load, so that a load that fails leaves the tables as they were; returns what makes them again. */
export async function bare(client: pg.Client): Promise<() => Promise<void>> {
  const references = await definitions(
    client,
    `SELECT conrelid::regclass::text AS table, conname AS name, pg_get_constraintdef(oid) AS text FROM pg_constraint
     WHERE contype = 'f' AND conparentid = 0 AND conrelid::regclass::text = ANY($1)`,
  );
  const keys = (
    await definitions(
      client,
      `SELECT conrelid::regclass::text AS table, conname AS name, pg_get_constraintdef(oid) AS text FROM pg_constraint
       WHERE contype = 'p' AND conparentid = 0 AND conrelid::regclass::text = ANY($1)`,
    )
  ).filter(({ table }) => LARGE.includes(table));
  // A unique index stays, because it decides conflicts of the load itself.
  const indexes = await definitions(
    client,
    `SELECT i.indrelid::regclass::text AS table, i.indexrelid::regclass::text AS name, replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ') AS text
     FROM pg_index i WHERE NOT i.indisunique AND i.indrelid::regclass::text = ANY($1)`,
  );
  await client.query("SET CONSTRAINTS ALL IMMEDIATE");
  for (const { table, name } of references) await client.query(`ALTER TABLE ${table} DROP CONSTRAINT "${name}"`);
  for (const { table, name } of keys) await client.query(`ALTER TABLE ${table} DROP CONSTRAINT "${name}"`);
  for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
  return async () => {
    for (const { table, name, text } of [...keys, ...references])
      await client.query(`ALTER TABLE ${table} ADD CONSTRAINT "${name}" ${text}`);
    for (const { text } of indexes) await client.query(text);
  };
}
