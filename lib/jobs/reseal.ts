import { activeKeyId } from "#lib/crypto/keys";
import { numberHash } from "#lib/crypto/number-seal";
import { type Place, SealError, seal, unseal } from "#lib/crypto/seal";
import { sql, violatedConstraint } from "#lib/db/sql";
import { log } from "#lib/log";

/** A sealed value that outlives a day, with the way to its table; what is sealed for minutes is gone before anybody misses its key. */
type Sealed = {
  table: string;
  column: string;
  read(after: string): Promise<{ id: string; sealed: string }[]>;
  /** Writes the new value unless the row has changed since it was read. */
  write(id: string, old: string, fresh: string, plain: string): Promise<unknown>;
};

const BATCH = 200;
const FIRST = "00000000-0000-0000-0000-000000000000";

const sealedColumns: readonly Sealed[] = [
  {
    table: "phones",
    column: "number_sealed",
    read: (after) => sql`
      SELECT id, number_sealed AS sealed FROM phones
      WHERE id > ${after}::uuid AND split_part(number_sealed, '.', 1) <> ${activeKeyId()} ORDER BY id LIMIT ${BATCH}::int`,
    // The number's blind index is made under the same new key, in the same statement: it is found under one or the other, never under none.
    write: (id, old, fresh, plain) => sql`
      UPDATE phones SET number_sealed = ${fresh}, number_hash = ${numberHash(plain)} WHERE id = ${id}::uuid AND number_sealed = ${old}`,
  },
  {
    table: "users",
    column: "recovery_sealed",
    read: (after) => sql`
      SELECT id, recovery_sealed AS sealed FROM users
      WHERE id > ${after}::uuid AND split_part(recovery_sealed, '.', 1) <> ${activeKeyId()} ORDER BY id LIMIT ${BATCH}::int`,
    write: (id, old, fresh) => sql`UPDATE users SET recovery_sealed = ${fresh} WHERE id = ${id}::uuid AND recovery_sealed = ${old}`,
  },
  {
    table: "provider_accounts",
    column: "secrets_sealed",
    read: (after) => sql`
      SELECT id, secrets_sealed AS sealed FROM provider_accounts
      WHERE id > ${after}::uuid AND split_part(secrets_sealed, '.', 1) <> ${activeKeyId()} ORDER BY id LIMIT ${BATCH}::int`,
    write: (id, old, fresh) => sql`
      UPDATE provider_accounts SET secrets_sealed = ${fresh} WHERE id = ${id}::uuid AND secrets_sealed = ${old}`,
  },
  {
    table: "durable_keys",
    column: "sealed",
    read: (after) => sql`
      SELECT id, sealed FROM durable_keys
      WHERE id > ${after}::uuid AND split_part(sealed, '.', 1) <> ${activeKeyId()} ORDER BY id LIMIT ${BATCH}::int`,
    write: (id, old, fresh) => sql`UPDATE durable_keys SET sealed = ${fresh} WHERE id = ${id}::uuid AND sealed = ${old}`,
  },
];

/**
 * Writes what is sealed under an older key again under the active one, and returns how many rows that were (PH-04). Each row is a
 * statement of its own, so it may be stopped anywhere and run again, by several at once and while people sign in; a second run finds
 * nothing to do. A row whose key is gone is left as it is.
 */
export async function reseal(): Promise<number> {
  let written = 0;
  for (const column of sealedColumns)
    for (let after = FIRST, rows = await column.read(after); rows.length > 0; rows = await column.read(after))
      for (const row of rows) {
        after = row.id;
        if (await resealRow(column, row)) written += 1;
      }
  if (written > 0) log.info({ event: "resealed", count: written }, "sealed values are under the active key");
  return written;
}

async function resealRow({ table, column, write }: Sealed, { id, sealed }: { id: string; sealed: string }): Promise<boolean> {
  const place: Place = { table, column, row: id };
  try {
    const plain = unseal(sealed, place);
    await write(id, sealed, seal(plain, place), plain);
    return true;
  } catch (error) {
    // The key is gone, or the number is held under the new index already: either is for an operator to see, not a reason to stop.
    if (!(error instanceof SealError) && !violatedConstraint(error)) throw error;
    log.warn({ event: "not_resealed", reason: table, error }, "a sealed value stays under its old key");
    return false;
  }
}
