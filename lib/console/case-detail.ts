import { SealError } from "#lib/crypto/seal";
import { sql } from "#lib/db/sql";
import type { CaseReason, CaseState } from "#lib/recovery/case";
import { openNote } from "#lib/recovery/rows";
import { maskEmail } from "#lib/words/mask-email";

/** One lost-phone case for the console; times are ISO 8601. */
export type CaseDetail = {
  id: string;
  userId: string;
  reference: string;
  state: CaseState;
  reason: CaseReason;
  flags: string[];
  /** The masked address of the account. */
  person: string;
  /** The author of a case that staff prepared. */
  openedBy: string | null;
  userAgent: string;
  requestedAt: string;
  provenAt: string | null;
  reviewedAt: string | null;
  reviewedBy: string | null;
  approvedAt: string | null;
  approvedBy: string | null;
  waitSeconds: number | null;
  readyAt: string | null;
  frozenFrom: CaseState | null;
  frozenAt: string | null;
  endedAt: string | null;
  /** The product's time. */
  now: string;
  note: string | null;
  steps: CaseStep[];
  /** Addresses of the staff whose pseudonyms the case names; a person who has left has none. */
  names: Map<string, string>;
};

/** What was done to a case; neither a pseudonym nor a command where its person or the time did it. */
export type CaseStep = {
  act: string;
  at: string;
  bySubject: string | null;
  byCommand: string | null;
  reason: string | null;
  checks: string[];
};

type Row = Omit<CaseDetail, "note" | "steps" | "names"> & { noteSealed: string | null; challengeId: string | null };

/** The case of a reference, or null. */
export async function readCaseDetail(reference: string): Promise<CaseDetail | null> {
  const [row] = await sql<Row>`
    SELECT c.id, c.user_id, c.reference, c.state, c.reason, c.flags, u.email AS person, c.opened_by, c.user_agent, c.note_sealed, c.challenge_id,
      c.reviewed_by, c.approved_by, c.wait_seconds, c.frozen_from, to_json(c.requested_at)#>>'{}' AS requested_at, to_json(c.proven_at)#>>'{}' AS proven_at,
      to_json(c.reviewed_at)#>>'{}' AS reviewed_at, to_json(c.approved_at)#>>'{}' AS approved_at, to_json(c.ready_at)#>>'{}' AS ready_at,
      to_json(c.frozen_at)#>>'{}' AS frozen_at, to_json(c.ended_at)#>>'{}' AS ended_at, to_json(app_now())#>>'{}' AS now
    FROM recovery_cases c JOIN users u ON u.id = c.user_id WHERE c.reference = ${reference}`;
  if (!row) return null;
  const { noteSealed, challengeId, person, ...detail } = row;
  const steps = await sql<CaseStep>`
    SELECT act, to_json(at)#>>'{}' AS at, by_subject, by_command, reason, checks FROM recovery_case_steps WHERE case_id = ${row.id}::uuid ORDER BY id LIMIT 200`;
  const names = await namesOf([row.reviewedBy, row.approvedBy, ...steps.map(({ bySubject }) => bySubject)]);
  return { ...detail, person: maskEmail(person), note: noteOf(row), steps, names };
}

/** What the person wrote for the reviewers; null where there is nothing, or where its key is gone. */
function noteOf({ userId, challengeId, noteSealed }: Row): string | null {
  if (!noteSealed || !challengeId) return null;
  try {
    return openNote(userId, challengeId, noteSealed);
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

async function namesOf(subjects: (string | null)[]): Promise<Map<string, string>> {
  const known = [...new Set(subjects.filter((one) => one !== null))];
  const rows = await sql<{ subject: string; email: string }>`
    SELECT audit_subject AS subject, email FROM users WHERE audit_subject = ANY(${known}::uuid[])`;
  return new Map(rows.map(({ subject, email }) => [subject, email]));
}
