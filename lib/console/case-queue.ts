import { sql } from "#lib/db/sql";
import type { CaseReason, CaseState } from "#lib/recovery/case";
import { maskEmail } from "#lib/words/mask-email";

/** Lost-phone cases for the list of the console. */

/** One case of the list; times are ISO 8601. */
export type QueuedCase = {
  reference: string;
  state: CaseState;
  reason: CaseReason;
  flags: string[];
  /** The masked address of the account. */
  person: string;
  proven: boolean;
  startedByStaff: boolean;
  reviewedBy: string | null;
  requestedAt: string;
  readyAt: string | null;
  endedAt: string | null;
};

type Row = QueuedCase & { id: string };

/** How many cases one page has. */
const PAGE = 25;

/** Where a page goes on: the time and the id of its last case. */
const cursorOf = ({ requestedAt, id }: Row): string => `${requestedAt}_${id}`;

const CURSOR = /^(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d))_([\da-f-]{36})$/;

/** A page of the open cases or of those in one state, with the product's time: open ones the oldest first, ended ones the newest first. */
export async function caseQueue(
  state: CaseState | null,
  after: string | null,
): Promise<{ cases: QueuedCase[]; next: string | null; now: string }> {
  const [, at = null, id = null] = CURSOR.exec(after ?? "") ?? [];
  const [clock] = await sql<{ now: string }>`SELECT to_json(app_now())#>>'{}' AS now`;
  const rows = state === null ? await openCases(at, id) : isEnd(state) ? await endedCases(state, at, id) : await casesIn(state, at, id);
  const shown = rows.slice(0, PAGE);
  const last = shown.at(-1);
  const cases = shown.map((row) => ({ ...row, person: maskEmail(row.person) }));
  return { cases, next: rows.length > PAGE && last ? cursorOf(last) : null, now: clock?.now ?? "" };
}

const isEnd = (state: CaseState) => ["done", "rejected", "cancelled", "expired"].includes(state);

const openCases = (at: string | null, id: string | null) => sql<Row>`
  SELECT c.id, c.reference, c.state, c.reason, c.flags, u.email AS person, c.proven_at IS NOT NULL AS proven, c.opened_by IS NOT NULL AS started_by_staff,
    c.reviewed_by, to_json(c.requested_at)#>>'{}' AS requested_at, to_json(c.ready_at)#>>'{}' AS ready_at, NULL AS ended_at
  FROM recovery_cases c JOIN users u ON u.id = c.user_id
  WHERE c.ended_at IS NULL AND (${at}::timestamptz IS NULL OR (c.requested_at, c.id) > (${at}::timestamptz, ${id}::uuid))
  ORDER BY c.requested_at, c.id LIMIT ${PAGE + 1}::int`;

const casesIn = (state: CaseState, at: string | null, id: string | null) => sql<Row>`
  SELECT c.id, c.reference, c.state, c.reason, c.flags, u.email AS person, c.proven_at IS NOT NULL AS proven, c.opened_by IS NOT NULL AS started_by_staff,
    c.reviewed_by, to_json(c.requested_at)#>>'{}' AS requested_at, to_json(c.ready_at)#>>'{}' AS ready_at, NULL AS ended_at
  FROM recovery_cases c JOIN users u ON u.id = c.user_id
  WHERE c.state = ${state} AND (${at}::timestamptz IS NULL OR (c.requested_at, c.id) > (${at}::timestamptz, ${id}::uuid))
  ORDER BY c.requested_at, c.id LIMIT ${PAGE + 1}::int`;

const endedCases = (state: CaseState, at: string | null, id: string | null) => sql<Row>`
  SELECT c.id, c.reference, c.state, c.reason, c.flags, u.email AS person, c.proven_at IS NOT NULL AS proven, c.opened_by IS NOT NULL AS started_by_staff,
    c.reviewed_by, to_json(c.requested_at)#>>'{}' AS requested_at, to_json(c.ready_at)#>>'{}' AS ready_at, to_json(c.ended_at)#>>'{}' AS ended_at
  FROM recovery_cases c JOIN users u ON u.id = c.user_id
  WHERE c.state = ${state} AND (${at}::timestamptz IS NULL OR (c.requested_at, c.id) < (${at}::timestamptz, ${id}::uuid))
  ORDER BY c.requested_at DESC, c.id DESC LIMIT ${PAGE + 1}::int`;
