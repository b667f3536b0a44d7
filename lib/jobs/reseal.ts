import { activeKeyId } from "#lib/crypto/keys";
import { numberHash } from "#lib/crypto/number-seal";
import { SealError, seal, unseal } from "#lib/crypto/seal";
import { sealFormat } from "#lib/crypto/seal-format";
import { completeSealFormat, readSealFormat } from "#lib/db/seal-format";
import { sql, violatedConstraint } from "#lib/db/sql";
import { noticeCodeHash } from "#lib/delivery/messages/queue-notice";
import type { NoticeCodeKind } from "#lib/delivery/wording/notice-codes";
import type { Over } from "#lib/jobs/time-box";
import { log } from "#lib/log";

type Row = { id: string; owner: string; sealed: string; kind?: NoticeCodeKind; reference?: string };

/** A sealed column that lives longer than a day. Values that live for minutes expire before their key is removed and need no resealing. */
type Sealed = {
  table: string;
  column: string;
  /** Selects the next rows that are sealed under an older key or, with `ownerless`, without an owner. */
  read(after: string, ownerless: boolean): Promise<Row[]>;
  /** Writes the new value unless the row has changed since it was read. */
  write(row: Row, fresh: string, plain: string): Promise<unknown>;
};

const BATCH = 200;
const FIRST = "00000000-0000-0000-0000-000000000000";

const sealedColumns: readonly Sealed[] = [
  {
    table: "phones",
    column: "number_sealed",
    read: (after, ownerless) => sql`
      SELECT id, user_id AS owner, number_sealed AS sealed FROM account_phones
      WHERE id > ${after}::uuid AND (split_part(number_sealed, '.', 1) <> ${activeKeyId()} OR (${ownerless}::boolean AND split_part(number_sealed, '.', 3) = ''))
      ORDER BY id LIMIT ${BATCH}::int`,
    // The same statement writes the number's blind index under the new key, so that a lookup always finds the row under one of the two keys.
    write: ({ id, sealed }, fresh, plain) => sql`
      UPDATE phones SET number_sealed = ${fresh}, number_hash = ${numberHash(plain)} WHERE id = ${id}::uuid AND number_sealed = ${sealed}`,
  },
  {
    // A removed phone keeps the place of its number, so that undoing its removal puts it back as it was.
    table: "phones",
    column: "number_sealed",
    read: (after, ownerless) => sql`
      SELECT (removed->>'id')::uuid AS id, user_id AS owner, removed_sealed AS sealed FROM changes
      WHERE removed_sealed IS NOT NULL AND (removed->>'id')::uuid > ${after}::uuid
        AND (split_part(removed_sealed, '.', 1) <> ${activeKeyId()} OR (${ownerless}::boolean AND split_part(removed_sealed, '.', 3) = ''))
      ORDER BY 1 LIMIT ${BATCH}::int`,
    write: ({ id, sealed }, fresh) => sql`
      UPDATE changes SET removed_sealed = ${fresh} WHERE (removed->>'id')::uuid = ${id}::uuid AND removed_sealed = ${sealed}`,
  },
  {
    table: "notice_codes",
    column: "sealed",
    read: (after, ownerless) => sql`
      SELECT id, user_id AS owner, sealed, kind, reference FROM notice_codes
      WHERE id > ${after}::uuid AND (split_part(sealed, '.', 1) <> ${activeKeyId()} OR (${ownerless}::boolean AND split_part(sealed, '.', 3) = ''))
      ORDER BY id LIMIT ${BATCH}::int`,
    write: ({ id, sealed, kind = "stop", reference = "" }, fresh, plain) => sql`
      UPDATE notice_codes SET sealed = ${fresh}, hash = ${noticeCodeHash(kind, reference, plain)} WHERE id = ${id}::uuid AND sealed = ${sealed}`,
  },
  {
    // A set's place is `recoverySetPlace`; its rows are in recovery_code_sets, by account.
    table: "users",
    column: "recovery_sealed",
    read: (after, ownerless) => sql`
      SELECT a.user_id AS id, a.user_id AS owner, s.sealed FROM recovery_code_sets s JOIN authenticators a ON a.id = s.id
      WHERE a.user_id > ${after}::uuid AND (split_part(s.sealed, '.', 1) <> ${activeKeyId()} OR (${ownerless}::boolean AND split_part(s.sealed, '.', 3) = ''))
      ORDER BY a.user_id LIMIT ${BATCH}::int`,
    write: ({ id, sealed }, fresh) => sql`
      UPDATE recovery_code_sets s SET sealed = ${fresh} FROM authenticators a
      WHERE a.id = s.id AND a.user_id = ${id}::uuid AND s.sealed = ${sealed}`,
  },
  {
    // The place of a case's note is the challenge that proved its address.
    table: "recovery_cases",
    column: "note_sealed",
    read: (after, ownerless) => sql`
      SELECT challenge_id AS id, user_id AS owner, note_sealed AS sealed FROM recovery_cases
      WHERE challenge_id > ${after}::uuid AND (split_part(note_sealed, '.', 1) <> ${activeKeyId()} OR (${ownerless}::boolean AND split_part(note_sealed, '.', 3) = ''))
      ORDER BY challenge_id LIMIT ${BATCH}::int`,
    write: ({ id, sealed }, fresh) => sql`
      UPDATE recovery_cases SET note_sealed = ${fresh} WHERE challenge_id = ${id}::uuid AND note_sealed = ${sealed}`,
  },
  {
    table: "rehearsals",
    column: "number_sealed",
    read: (after, ownerless) => sql`
      SELECT id, id AS owner, number_sealed AS sealed FROM rehearsals
      WHERE id > ${after}::uuid AND (split_part(number_sealed, '.', 1) <> ${activeKeyId()} OR (${ownerless}::boolean AND split_part(number_sealed, '.', 3) = ''))
      ORDER BY id LIMIT ${BATCH}::int`,
    write: ({ id, sealed }, fresh) => sql`
      UPDATE rehearsals SET number_sealed = ${fresh} WHERE id = ${id}::uuid AND number_sealed = ${sealed}`,
  },
  {
    table: "totp",
    column: "seed_sealed",
    read: (after, ownerless) => sql`
      SELECT t.id, a.user_id AS owner, t.seed_sealed AS sealed FROM totp t JOIN authenticators a ON a.id = t.id
      WHERE t.id > ${after}::uuid AND (split_part(t.seed_sealed, '.', 1) <> ${activeKeyId()} OR (${ownerless}::boolean AND split_part(t.seed_sealed, '.', 3) = ''))
      ORDER BY t.id LIMIT ${BATCH}::int`,
    write: ({ id, sealed }, fresh) => sql`UPDATE totp SET seed_sealed = ${fresh} WHERE id = ${id}::uuid AND seed_sealed = ${sealed}`,
  },
  {
    table: "provider_accounts",
    column: "secrets_sealed",
    read: (after, ownerless) => sql`
      SELECT id, id AS owner, secrets_sealed AS sealed FROM provider_accounts
      WHERE id > ${after}::uuid AND (split_part(secrets_sealed, '.', 1) <> ${activeKeyId()} OR (${ownerless}::boolean AND split_part(secrets_sealed, '.', 3) = ''))
      ORDER BY id LIMIT ${BATCH}::int`,
    write: ({ id, sealed }, fresh) => sql`
      UPDATE provider_accounts SET secrets_sealed = ${fresh} WHERE id = ${id}::uuid AND secrets_sealed = ${sealed}`,
  },
  {
    table: "event_endpoints",
    column: "secret_sealed",
    read: (after, ownerless) => sql`
      SELECT id, id AS owner, secret_sealed AS sealed FROM event_endpoints
      WHERE id > ${after}::uuid AND (split_part(secret_sealed, '.', 1) <> ${activeKeyId()} OR (${ownerless}::boolean AND split_part(secret_sealed, '.', 3) = ''))
      ORDER BY id LIMIT ${BATCH}::int`,
    write: ({ id, sealed }, fresh) => sql`
      UPDATE event_endpoints SET secret_sealed = ${fresh} WHERE id = ${id}::uuid AND secret_sealed = ${sealed}`,
  },
  {
    table: "event_endpoints",
    column: "old_secret_sealed",
    read: (after, ownerless) => sql`
      SELECT id, id AS owner, old_secret_sealed AS sealed FROM event_endpoints
      WHERE id > ${after}::uuid AND (split_part(old_secret_sealed, '.', 1) <> ${activeKeyId()} OR (${ownerless}::boolean AND split_part(old_secret_sealed, '.', 3) = ''))
      ORDER BY id LIMIT ${BATCH}::int`,
    write: ({ id, sealed }, fresh) => sql`
      UPDATE event_endpoints SET old_secret_sealed = ${fresh} WHERE id = ${id}::uuid AND old_secret_sealed = ${sealed}`,
  },
  {
    table: "demo_messages",
    column: "sealed",
    read: (after, ownerless) => sql`
      SELECT id, encode(to_hash, 'hex') AS owner, sealed FROM demo_messages
      WHERE id > ${after}::uuid AND (split_part(sealed, '.', 1) <> ${activeKeyId()} OR (${ownerless}::boolean AND split_part(sealed, '.', 3) = ''))
      ORDER BY id LIMIT ${BATCH}::int`,
    write: ({ id, sealed }, fresh) => sql`UPDATE demo_messages SET sealed = ${fresh} WHERE id = ${id}::uuid AND sealed = ${sealed}`,
  },
  {
    table: "durable_keys",
    column: "sealed",
    read: (after, ownerless) => sql`
      SELECT id, name AS owner, sealed FROM durable_keys
      WHERE id > ${after}::uuid AND (split_part(sealed, '.', 1) <> ${activeKeyId()} OR (${ownerless}::boolean AND split_part(sealed, '.', 3) = ''))
      ORDER BY id LIMIT ${BATCH}::int`,
    write: ({ id, sealed }, fresh) => sql`UPDATE durable_keys SET sealed = ${fresh} WHERE id = ${id}::uuid AND sealed = ${sealed}`,
  },
  {
    table: "signing_keys",
    column: "private_sealed",
    read: (after, ownerless) => sql`
      SELECT id, kid AS owner, private_sealed AS sealed FROM signing_keys
      WHERE id > ${after}::uuid AND (split_part(private_sealed, '.', 1) <> ${activeKeyId()} OR (${ownerless}::boolean AND split_part(private_sealed, '.', 3) = ''))
      ORDER BY id LIMIT ${BATCH}::int`,
    write: ({ id, sealed }, fresh) =>
      sql`UPDATE signing_keys SET private_sealed = ${fresh} WHERE id = ${id}::uuid AND private_sealed = ${sealed}`,
  },
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
