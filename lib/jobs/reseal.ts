import { activeKeyId } from "#lib/crypto/keys";
import { numberHash } from "#lib/crypto/number-seal";
import { SealError, seal, unseal } from "#lib/crypto/seal";
import { sealFormat } from "#lib/crypto/seal-format";
import { completeSealFormat, readSealFormat } from "#lib/db/seal-format";
import { composed, sql, violatedConstraint } from "#lib/db/sql";
import { noticeCodeHash } from "#lib/delivery/messages/queue-notice";
import type { NoticeCodeKind } from "#lib/delivery/wording/notice-codes";
import type { Over } from "#lib/jobs/time-box";
import { log } from "#lib/log";

type Row = { id: string; owner: string; sealed: string; kind?: NoticeCodeKind; reference?: string };

/** A sealed column that lives longer than a day. Values that live for minutes expire before their key is removed and need no resealing. */
type Sealed = {
  /** The table and column of the value's place. */
  table: string;
  column: string;
  /** Selects the next rows that are sealed under an older key or, with `ownerless`, without an owner. */
  read(after: string, ownerless: boolean): Promise<Row[]>;
  /** Writes the new value unless the row has changed since it was read. */
  write(row: Row, fresh: string, plain: string): Promise<unknown>;
};

type Writing = Sealed["write"];

/** Where the values of a column are, as SQL of our own; a place's row is `id`, and its owner `owner`. */
type Source = { column: string; from: string; id?: string; owner?: string; sealed?: string; more?: string };

const BATCH = 200;
const FIRST = "00000000-0000-0000-0000-000000000000";

/** Builds the reading and writing of a column from its source; `write` replaces the writing where another table or column is written too. */
function sealedColumn(table: string, { column, from, id = "id", owner = id, sealed = column, more = "" }: Source, write?: Writing): Sealed {
  const reading = composed(`
    SELECT ${id} AS id, ${owner} AS owner, ${sealed} AS sealed${more} FROM ${from}
    WHERE ${id} > $::uuid AND (split_part(${sealed}, '.', 1) <> $ OR ($::boolean AND split_part(${sealed}, '.', 3) = ''))
    ORDER BY 1 LIMIT $::int`);
  const writing = composed(`UPDATE ${from} SET ${sealed} = $ WHERE ${id} = $::uuid AND ${sealed} = $`);
  return {
    table,
    column,
    read: (after, ownerless) => sql<Row>(reading, after, activeKeyId(), ownerless, BATCH),
    write: write ?? ((row, fresh) => sql(writing, fresh, row.id, row.sealed)),
  };
}

const sealedColumns: readonly Sealed[] = [
  // The same statement writes the number's blind index under the new key, so that a lookup always finds the row under one of the two keys.
  sealedColumn("phones", { column: "number_sealed", from: "account_phones", owner: "user_id" }, ({ id, sealed }, fresh, plain) => {
    return sql`
      UPDATE phones SET number_sealed = ${fresh}, number_hash = ${numberHash(plain)} WHERE id = ${id}::uuid AND number_sealed = ${sealed}`;
  }),
  // A removed phone keeps the place of its number, so that undoing its removal puts it back as it was.
  sealedColumn("phones", {
    column: "number_sealed",
    from: "changes",
    id: "(removed->>'id')::uuid",
    owner: "user_id",
    sealed: "removed_sealed",
  }),
  sealedColumn(
    "notice_codes",
    { column: "sealed", from: "notice_codes", owner: "user_id", more: ", kind, reference" },
    ({ id, sealed, kind = "stop", reference = "" }, fresh, plain) => sql`
      UPDATE notice_codes SET sealed = ${fresh}, hash = ${noticeCodeHash(kind, reference, plain)} WHERE id = ${id}::uuid AND sealed = ${sealed}`,
  ),
  // A set's place is `recoverySetPlace`; its rows are in recovery_code_sets, by account.
  sealedColumn(
    "users",
    {
      column: "recovery_sealed",
      from: "recovery_code_sets s JOIN authenticators a ON a.id = s.id",
      id: "a.user_id",
      sealed: "s.sealed",
    },
    ({ id, sealed }, fresh) => sql`
      UPDATE recovery_code_sets s SET sealed = ${fresh} FROM authenticators a
      WHERE a.id = s.id AND a.user_id = ${id}::uuid AND s.sealed = ${sealed}`,
  ),
  // The place of a case's note is the challenge that proved its address.
  sealedColumn("recovery_cases", { column: "note_sealed", from: "recovery_cases", id: "challenge_id", owner: "user_id" }),
  sealedColumn("rehearsals", { column: "number_sealed", from: "rehearsals" }),
  sealedColumn(
    "totp",
    {
      column: "seed_sealed",
      from: "totp t JOIN authenticators a ON a.id = t.id",
      id: "t.id",
      owner: "a.user_id",
      sealed: "t.seed_sealed",
    },
    ({ id, sealed }, fresh) => sql`UPDATE totp SET seed_sealed = ${fresh} WHERE id = ${id}::uuid AND seed_sealed = ${sealed}`,
  ),
  sealedColumn("provider_accounts", { column: "secrets_sealed", from: "provider_accounts" }),
  sealedColumn("event_endpoints", { column: "secret_sealed", from: "event_endpoints" }),
  sealedColumn("event_endpoints", { column: "old_secret_sealed", from: "event_endpoints" }),
  sealedColumn("demo_messages", { column: "sealed", from: "demo_messages", owner: "encode(to_hash, 'hex')" }),
  sealedColumn("durable_keys", { column: "sealed", from: "durable_keys", owner: "name" }),
  sealedColumn("signing_keys", { column: "private_sealed", from: "signing_keys", owner: "kid" }),
  sealedColumn("member_import_batches", { column: "rows_sealed", from: "member_import_batches", owner: "import_id" }),
  sealedColumn("member_import_batches", { column: "lines_sealed", from: "member_import_batches", owner: "import_id" }),
];

/** Where a run resumes: after this row of this column, or at the beginning when absent. */
export type From = { column?: number; after?: string };

/** Counts of one run: rows rewritten, rows that opened but could not be written, and rows that did not open and stay unchanged. */
type Met = { written: number; held: number; closed: number };

/**
 * Reseals values under the active key and with their owner, row by row (PH-03, PH-04), so a run can be interrupted, repeated and run concurrently.
 * Returns where the next run resumes, or null after a full run without changes, which then closes the format without owner.
 */
export async function reseal({ column = 0, after = FIRST }: From = {}, over: Over = () => false): Promise<From | null> {
  const { settled } = await readSealFormat();
  const { ownerWritten, ownerlessOpens } = sealFormat();
  const met: Met = { written: 0, held: 0, closed: 0 };
  const rest = await resealFrom(column, after, ownerWritten && ownerlessOpens, met, over);
  if (met.written > 0) log.info({ event: "resealed", count: met.written }, "sealed values are under the active key and with their owner");
  if (met.held + met.closed > 0)
    log.warn(
      { event: "not_resealed", count: met.held + met.closed },
      "sealed values do not open, or their number is held under the new key",
    );
  if (rest) return rest;
  if (met.written > 0 || column > 0 || after !== FIRST) return {};
  if (settled && ownerlessOpens && met.held === 0) await completeSealFormat();
  return null;
}

async function resealFrom(first: number, start: string, ownerless: boolean, met: Met, over: Over): Promise<From | null> {
  let after = start;
  for (const [index, column] of sealedColumns.entries()) {
    if (index < first) continue;
    for (let rows = await column.read(after, ownerless); rows.length > 0; rows = await column.read(after, ownerless)) {
      for (const row of rows) met[await resealRow(column, row)] += 1;
      after = rows.at(-1)?.id ?? after;
      if (over()) return { column: index, after };
    }
    after = FIRST;
  }
  return null;
}

async function resealRow({ table, column, write }: Sealed, row: Row): Promise<keyof Met> {
  const place = { table, column, row: row.id, owner: row.owner };
  try {
    const plain = unseal(row.sealed, place);
    await write(row, seal(plain, place), plain);
    return "written";
  } catch (error) {
    // Logs both cases and continues: the key is missing or the row was altered, or the new index already belongs to another row.
    if (error instanceof SealError) return "closed";
    if (violatedConstraint(error)) return "held";
    throw error;
  }
}
