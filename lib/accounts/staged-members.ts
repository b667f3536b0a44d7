import { randomUUID } from "node:crypto";
import {
  type ImportRow,
  judgeMembers,
  type Member,
  newAmong,
  type RowProblem,
  type Said,
  Systems,
  unusableHash,
  writeMembers,
} from "#lib/accounts/import-members";
import { record } from "#lib/audit/record";
import { type SealPlace, seal, unseal } from "#lib/crypto/seal";
import { type Sql, sql, transaction } from "#lib/db/sql";
import { maskEmail } from "#lib/words/mask-email";

/** A file of members that waits in the database for its import: sealed in batches, each of which is written as a whole. */

/** What the dry run counted: lines of each problem, hashes of each system, and members of each group, the largest first and at most twenty. */
export type Figures = {
  problems: Partial<Record<RowProblem, number>>;
  systems: Record<string, number>;
  groups: { name: string; members: number }[];
  moreGroups: number;
};

/** What is said of one line, with its address masked. */
export type Line = { line: number; address: string; problem: RowProblem };

type Batch = { id: string; rowsSealed: string | null; linesSealed: string | null };

/** A file that was judged and sealed, and that no row knows yet; `members` are those that would be taken, `floorMs` is as in `ImportReport`. */
export type Prepared = { id: string; batches: Batch[]; rows: number; members: number; figures: Figures; floorMs: number };

const place = (column: "rows_sealed" | "lines_sealed", row: string, owner: string): SealPlace => ({
  table: "member_import_batches",
  column,
  row,
  owner,
});

/** The most groups that are named. */
const GROUPS = 20;

const rowOf = ({ line, email, passwordHash, phone, groups }: Member): ImportRow => ({ line, email, passwordHash, phone, groups });

/** A broken line may hold a hash or a number where its address should be. */
const masked = (email: string): string =>
  /^[^\s@]+@[^\s@]{1,253}$/.test(email) ? maskEmail(email) : email === "" ? "" : `${[...email].slice(0, 2).join("")}•••`;

const lineOf = ({ line, email, problem }: Said): Line => ({ line, address: masked(email), problem });
const byLine = (one: Line, other: Line) => one.line - other.line;
const known = ({ line, email }: ImportRow): Line => lineOf({ line, email, problem: "known_address" });

/** Judges and seals the members of a file; nothing is written. Throws `MemberFileError` for a file that cannot be read. */
export async function prepareMembers(rows: AsyncIterable<ImportRow>): Promise<Prepared> {
  const id = randomUUID();
  const prepared: Omit<Prepared, "figures" | "floorMs"> = { id, batches: [], rows: 0, members: 0 };
  const problems: Figures["problems"] = {};
  const groups = new Map<string, number>();
  const systems = new Systems();
  for await (const batch of judgeMembers(rows)) {
    const fresh = await newAmong(batch.members);
    const isFresh = new Set(fresh);
    const lines = [...batch.said.map(lineOf), ...batch.members.filter((one) => !isFresh.has(one)).map(known)].sort(byLine);
    for (const { problem } of lines) problems[problem] = (problems[problem] ?? 0) + 1;
    for (const name of fresh.flatMap((one) => [...new Set(one.groups)])) groups.set(name, (groups.get(name) ?? 0) + 1);
    systems.add(fresh);
    prepared.rows += batch.rows;
    prepared.members += fresh.length;
    const row = randomUUID();
    const sealed = (column: "rows_sealed" | "lines_sealed", list: readonly unknown[]) =>
      list.length > 0 ? seal(JSON.stringify(list), place(column, row, id)) : null;
    prepared.batches.push({ id: row, rowsSealed: sealed("rows_sealed", fresh.map(rowOf)), linesSealed: sealed("lines_sealed", lines) });
  }
  const largest = [...groups].map(([name, members]) => ({ name, members })).sort((one, other) => other.members - one.members);
  const figures = { problems, systems: systems.counts, groups: largest.slice(0, GROUPS), moreGroups: Math.max(0, largest.length - GROUPS) };
  return { ...prepared, figures, floorMs: await systems.floorMs() };
}

/** Writes what was prepared; false where another import is open. */
export async function stageMembers(tx: Sql, { id, batches, rows, members, figures, floorMs }: Prepared): Promise<boolean> {
  const made = await tx`
    INSERT INTO member_imports (id, rows, members, figures, floor_ms)
    VALUES (${id}::uuid, ${rows}::int, ${members}::int, ${JSON.stringify(figures)}::jsonb, ${floorMs}::int) ON CONFLICT DO NOTHING RETURNING id`;
  if (made.length === 0) return false;
  await tx`
    INSERT INTO member_import_batches (id, import_id, number, rows_sealed, lines_sealed)
    SELECT b.id, ${id}::uuid, b.number, b.rows, b.lines
    FROM unnest(${batches.map((one) => one.id)}::uuid[], ${batches.map((one) => one.rowsSealed)}::text[], ${batches.map((one) => one.linesSealed)}::text[])
      WITH ORDINALITY AS b(id, rows, lines, number)`;
  return true;
}

/** Begins the import of a staged file, which a job goes on with; how long answers to passwords have to take then, or null where it is not staged any more. */
export async function beginStaged(tx: Sql, id: string, by: string): Promise<{ floorMs: number; members: number } | null> {
  const [begun] = await tx<{ floorMs: number; members: number }>`
    UPDATE member_imports SET state = 'running', begun_by = ${by}, begun_at = app_now() WHERE id = ${id}::uuid AND state = 'staged'
    RETURNING floor_ms, members`;
  if (begun) await tx`SELECT graphile_worker.add_job('import_members')`;
  return begun ?? null;
}

/** Ends an import before its end and deletes what is left of its rows; how many were taken until then, or null where it was over. */
export async function cancelStaged(tx: Sql, id: string): Promise<{ taken: number } | null> {
  const [ended] = await tx<{ taken: number }>`
    UPDATE member_imports SET state = 'cancelled', ended_at = app_now() WHERE id = ${id}::uuid AND ended_at IS NULL RETURNING taken`;
  if (ended) await tx`UPDATE member_import_batches SET rows_sealed = NULL WHERE import_id = ${id}::uuid`;
  return ended ?? null;
}

/** What is said of the lines of an import, in their order, batch by batch. */
export async function* linesOf(importId: string): AsyncGenerator<Line[]> {
  for (let after = 0; ; ) {
    const [batch] = await sql<{ id: string; number: number; sealed: string }>`
      SELECT id, number, lines_sealed AS sealed FROM member_import_batches
      WHERE import_id = ${importId}::uuid AND number > ${after}::int AND lines_sealed IS NOT NULL ORDER BY number LIMIT 1`;
    if (!batch) return;
    yield JSON.parse(unseal(batch.sealed, place("lines_sealed", batch.id, importId)));
    after = batch.number;
  }
}

async function* listed(rows: readonly ImportRow[]): AsyncGenerator<ImportRow> {
  yield* rows;
}

type Running = { id: string; by: string; taken: number; members: number };

/**
 * Writes the next batch of the running import in one transaction with its progress, so that a member is whole or not there and a killed worker leaves
 * nothing half done. Two workers are one after the other at the row of the import. Returns false where nothing is left to do.
 */
const importNext = (unusable: string): Promise<boolean> =>
  transaction(
    async (tx) => {
      const [running] = await tx<Running>`
        SELECT id, begun_by AS by, taken, members FROM member_imports WHERE state = 'running' FOR UPDATE`;
      if (!running) return false;
      const { id } = running;
      const [batch] = await tx<{ id: string; rowsSealed: string; linesSealed: string | null }>`
        SELECT id, rows_sealed, lines_sealed FROM member_import_batches
        WHERE import_id = ${id}::uuid AND rows_sealed IS NOT NULL ORDER BY number LIMIT 1 FOR UPDATE`;
      if (!batch) {
        await tx`UPDATE member_imports SET state = 'done', ended_at = app_now() WHERE id = ${id}::uuid`;
        await record(tx, {
          ...{ event: "members.import_done", ip: "", userAgent: "" },
          method: `taken=${running.taken} of=${running.members} ${running.by}`,
        });
        return false;
      }
      const rows: ImportRow[] = JSON.parse(unseal(batch.rowsSealed, place("rows_sealed", batch.id, id)));
      const lines: Line[] = batch.linesSealed ? JSON.parse(unseal(batch.linesSealed, place("lines_sealed", batch.id, id))) : [];
      let taken = 0;
      for await (const { members } of judgeMembers(listed(rows))) {
        const made = await writeMembers(tx, members, unusable, running.by);
        taken += made.size;
        lines.push(...members.filter(({ address }) => !made.has(address)).map(known));
      }
      const told = lines.length > 0 ? seal(JSON.stringify(lines.sort(byLine)), place("lines_sealed", batch.id, id)) : null;
      await tx`UPDATE member_import_batches SET rows_sealed = NULL, lines_sealed = ${told} WHERE id = ${batch.id}::uuid`;
      await tx`
        UPDATE member_imports SET handled = handled + ${rows.length}::int, taken = taken + ${taken}::int WHERE id = ${id}::uuid`;
      return true;
    },
    { patient: true },
  );

/** Goes on with the running import until its end or until the time is over; true when nothing is left. */
export async function importStaged(over: () => boolean): Promise<boolean> {
  const running = await sql`SELECT 1 FROM member_imports WHERE state = 'running'`;
  if (running.length === 0) return true;
  const unusable = await unusableHash();
  while (await importNext(unusable)) if (over()) return false;
  return true;
}
