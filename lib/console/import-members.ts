import { Readable } from "node:stream";
import { refusing } from "#lib/accounts/import-members";
import { MemberFileError, type MemberFormat, readMembers } from "#lib/accounts/member-file";
import {
  beginStaged,
  cancelStaged,
  type Figures,
  type Line,
  linesOf,
  type Prepared,
  prepareMembers,
  stageMembers,
} from "#lib/accounts/staged-members";
import { record } from "#lib/audit/record";
import { cell, streamOf } from "#lib/console/audit-file";
import { reasonOf } from "#lib/console/reason";
import { sql } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import { setSettingIn } from "#lib/policy/change";
import { forgetSettings, readSettings } from "#lib/policy/read";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import type { Acting } from "#lib/sessions/step-up";
import { actAsStaff } from "#lib/staff/act";

/** Members of another system by the console: a file is judged and staged, its import begun, watched and cancelled. Events hold figures alone. */

/** Bytes of a file; a larger one is for `npm run import`. */
export const MEMBER_FILE_BYTES = 8 * 1024 * 1024;

const OPEN: Refused = { code: "not_allowed", reason: "import_open" };
const OVER: Refused = { code: "not_allowed", reason: "other_state" };

/** Why a file was not staged: a refusal, or that it cannot be read, and in which line. */
export type StageRefused = Refused & { unreadable?: { problem: MemberFileError["problem"] | "no_rows"; line: number | null } };

const unreadable = (problem: MemberFileError["problem"] | "no_rows", line: number | null = null): Result<never, StageRefused> =>
  fail({ code: "invalid_input", fields: { members: "invalid_input" }, unreadable: { problem, line } });

async function prepared(bytes: Uint8Array, format: MemberFormat): Promise<Result<Prepared, StageRefused>> {
  try {
    const made = await prepareMembers(readMembers(Readable.from([Buffer.from(bytes)]), format));
    return made.rows === 0 ? unreadable("no_rows") : ok(made);
  } catch (error) {
    if (error instanceof MemberFileError) return unreadable(error.problem, error.line);
    throw error;
  }
}

/**
 * Judges a file and keeps it sealed for its import; nothing else is written. The guard comes before a byte is read, and again with the row. Refusals:
 * those of `requireStaff`, `invalid_input` for a file that cannot be read, `not_allowed` with `import_open`.
 */
export async function stageImport(
  acting: Acting,
  file: { bytes: Uint8Array; format: MemberFormat },
  requester: Requester,
): Promise<Result<null, StageRefused>> {
  const may = await actAsStaff(acting, { act: "members.stage" }, async (tx) => {
    const open = await tx`SELECT 1 FROM member_imports WHERE ended_at IS NULL`;
    return open.length > 0 ? fail(OPEN) : ok(null);
  });
  if (!may.ok) return may;
  const made = await prepared(file.bytes, file.format);
  if (!made.ok) return made;
  const { rows, members } = made.value;
  return actAsStaff(acting, { act: "members.stage" }, async (tx, { by }) => {
    if (!(await stageMembers(tx, made.value))) return fail(OPEN);
    await record(tx, { event: "members.staged", method: `rows=${rows} new=${members} ${by}`, ...requester });
    return ok(null);
  });
}

/**
 * Begins the import of a staged file. Answers to passwords take as long as its hashes ask for from then on (`signInFloorMs`), before a member can sign
 * in. Refusals: a reason that is none, those of `requireStaff`, `not_allowed` with `other_state` where it has begun or is gone.
 */
export async function beginImport(
  acting: Acting,
  { id, reason: typed }: { id: string; reason: string },
  requester: Requester,
): Promise<Result<null, Refused>> {
  const reason = reasonOf(typed);
  if (!reason.ok) return reason;
  const done: Result<null, Refused> = await actAsStaff(acting, { act: "members.begin", reason: reason.value }, async (tx, { by }) => {
    const begun = await beginStaged(tx, id, by);
    if (!begun) return fail(OVER);
    const { signInFloorMs } = await readSettings(tx);
    if (begun.floorMs > signInFloorMs) await setSettingIn(tx, "signInFloorMs", begun.floorMs, by);
    await record(tx, { event: "members.import_begun", method: `new=${begun.members} ${by}`, ...requester });
    return ok(null);
  });
  if (done.ok) forgetSettings();
  return done;
}

/** Ends an import before its end; members who were taken stay. Refusals: as of `beginImport`, where it is over. */
export async function cancelImport(
  acting: Acting,
  { id, reason: typed }: { id: string; reason: string },
  requester: Requester,
): Promise<Result<null, Refused>> {
  const reason = reasonOf(typed);
  if (!reason.ok) return reason;
  return actAsStaff(acting, { act: "members.cancel", reason: reason.value }, async (tx, { by }) => {
    const cancelled = await cancelStaged(tx, id);
    if (!cancelled) return fail(OVER);
    await record(tx, { event: "members.import_cancelled", method: `taken=${cancelled.taken} ${by}`, ...requester });
    return ok(null);
  });
}

/** An import as its page shows it; `handled` of `members` were written or left out, `taken` were written. Times are ISO 8601. */
export type MemberImport = {
  id: string;
  state: "staged" | "running" | "done" | "cancelled" | "expired";
  rows: number;
  members: number;
  handled: number;
  taken: number;
  figures: Figures;
  floorMs: number;
  stagedAt: string;
  endedAt: string | null;
  /** Whether the report of its lines is still kept. */
  lines: boolean;
};

/** The import that is open, or else the latest one; null before the first. */
export async function readImport(): Promise<MemberImport | null> {
  const [row] = await sql<MemberImport>`
    SELECT i.id, i.state, i.rows, i.members, i.handled, i.taken, i.figures, i.floor_ms, to_json(i.staged_at)#>>'{}' AS staged_at,
      to_json(i.ended_at)#>>'{}' AS ended_at,
      EXISTS (SELECT 1 FROM member_import_batches b WHERE b.import_id = i.id AND b.lines_sealed IS NOT NULL) AS lines
    FROM member_imports i ORDER BY i.staged_at DESC LIMIT 1`;
  return row ?? null;
}

/** The first lines of which something is left out, at most so many. */
export async function firstLines(importId: string, most: number): Promise<Line[]> {
  const found: Line[] = [];
  for await (const lines of linesOf(importId)) {
    found.push(...lines.filter(({ problem }) => problem === "number_not_read" || refusing.includes(problem)));
    if (found.length >= most) break;
  }
  return found.slice(0, most);
}

const columns = ["line", "address", "what", "why"] as const;

async function* pages(importId: string): AsyncGenerator<string> {
  yield `\uFEFF${columns.join(",")}\r\n`;
  for await (const lines of linesOf(importId))
    yield lines
      .map(({ line, address, problem }) => {
        const what = refusing.includes(problem) ? "left_out" : problem === "number_not_read" ? "without_number" : "taken";
        return `${[line, address, what, problem].map(cell).join(",")}\r\n`;
      })
      .join("");
}

/** Exports what is said of the lines of an import, with masked addresses. Refusals: those of `requireStaff`, `not_found`. */
export async function exportLines(acting: Acting, id: string, requester: Requester): Promise<Result<ReadableStream<Uint8Array>, Refused>> {
  const noted = await actAsStaff(acting, { act: "members.export" }, async (tx, { by }) => {
    const [found] = await tx<{ rows: number }>`SELECT rows FROM member_imports WHERE id = ${id}::uuid`;
    if (!found) return fail({ code: "not_found" });
    await record(tx, { event: "members.lines_exported", method: `rows=${found.rows} ${by}`, ...requester });
    return ok(null);
  });
  return noted.ok ? ok(streamOf(pages(id))) : noted;
}
