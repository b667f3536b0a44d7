import { seal, unseal } from "#lib/crypto/seal";
import { type Sql, sql } from "#lib/db/sql";
import type { CaseReason, CaseState } from "#lib/recovery/case";

/** A case as stored, with what its decisions need of its account. */
export type CaseRow = {
  id: string;
  reference: string;
  userId: string;
  locale: string;
  state: CaseState;
  reason: CaseReason;
  flags: string[];
  openedBy: string | null;
  requestedAt: Date;
  provenAt: Date | null;
  reviewedBy: string | null;
  approvedBy: string | null;
  readyAt: Date | null;
  frozenFrom: CaseState | null;
  bindingId: string | null;
};

/** The account of a case; null where there is none of this reference. */
export async function accountOfCase(reference: string, tx: Sql = sql): Promise<string | null> {
  const [row] = await tx<{ userId: string }>`SELECT user_id FROM recovery_cases WHERE reference = ${reference}`;
  return row?.userId ?? null;
}

/**
 * Locks a case for a decision, its account first: everything that ends a case locks challenges, then the account, then the case, so that decisions
 * and stops of the same case are one after the other and cannot deadlock.
 */
export async function lockCase(tx: Sql, by: { reference: string } | { userId: string }): Promise<CaseRow | null> {
  const userId = "userId" in by ? by.userId : await accountOfCase(by.reference, tx);
  if (userId === null) return null;
  await tx`SELECT 1 FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
  const reference = "reference" in by ? by.reference : null;
  const [row] = await tx<CaseRow>`
    SELECT c.id, c.reference, c.user_id, u.locale, c.state, c.reason, c.flags, c.opened_by, c.requested_at, c.proven_at, c.reviewed_by, c.approved_by, c.ready_at,
      c.frozen_from, c.binding_id
    FROM recovery_cases c JOIN users u ON u.id = c.user_id
    WHERE c.user_id = ${userId}::uuid AND CASE WHEN ${reference}::text IS NULL THEN c.ended_at IS NULL ELSE c.reference = ${reference} END
    FOR UPDATE OF c`;
  return row ?? null;
}

/** Who decides: a member of staff by pseudonym, or a command; `by` is how the audit log names the author. */
export type Author = { subject: string | null; by: string };

/** Notes what was done to a case. */
export async function noteStep(
  tx: Sql,
  caseId: string,
  step: { act: string; author?: Author | null; reason?: string | null; checks?: readonly string[] },
): Promise<void> {
  const { act, author = null, reason = null, checks = [] } = step;
  await tx`
    INSERT INTO recovery_case_steps (case_id, act, by_subject, by_command, reason, checks)
    VALUES (${caseId}::uuid, ${act}, ${author?.subject ?? null}::uuid, ${author && author.subject === null ? author.by : null}, ${reason}, ${checks}::text[])`;
}

const notePlace = (owner: string, row: string) => ({ table: "recovery_cases", column: "note_sealed", row, owner });

/** Seals what a person wrote for the reviewers; its row is the challenge that proved the address. */
export const sealNote = (userId: string, challengeId: string, note: string): string => seal(note, notePlace(userId, challengeId));

/** Opens it again. */
export const openNote = (userId: string, challengeId: string, sealed: string): string => unseal(sealed, notePlace(userId, challengeId));
