import { challengeHashes } from "#lib/challenges/read";
import { parseLongCode, parseReference } from "#lib/crypto/codes";
import { sql } from "#lib/db/sql";
import { isNoticeCode } from "#lib/delivery/messages/queue-notice";
import type { CaseReason, ViewedCase } from "#lib/recovery/case";

/** A case for its person's status page; `flagged` waits are the long ones. */
export type PersonalCase = ViewedCase & {
  id: string;
  reason: CaseReason;
  provenAt: Date | null;
  reviewedAt: Date | null;
  approvedAt: Date | null;
  endedAt: Date | null;
  expiresAt: Date;
  flagged: boolean;
};

/** The case that the challenge of this browser requested, while that challenge is kept; null for any other. */
export async function caseOfChallenge(token: string): Promise<PersonalCase | null> {
  const hashes = challengeHashes(token);
  if (hashes.length === 0) return null;
  const [row] = await sql<PersonalCase>`
    SELECT c.id, c.reference, c.state, c.reason, c.requested_at, c.ready_at, c.proven_at, c.reviewed_at, c.approved_at, c.ended_at, c.expires_at, c.flags <> '{}' AS flagged
    FROM recovery_cases c JOIN challenges h ON h.id = c.challenge_id WHERE h.token_hash = ANY(${hashes}::bytea[])`;
  return row ?? null;
}

/** The case of a reference and the status code of its mail; null where they do not belong together. The code can be used again for its week. */
export async function caseOfStatusCode(typed: { reference: string; statusCode: string }): Promise<PersonalCase | null> {
  const [reference, code] = [parseReference(typed.reference), parseLongCode(typed.statusCode)];
  if (!reference || !code) return null;
  const live = await sql<{ caseId: string; hash: Buffer }>`
    SELECT case_id, hash FROM notice_codes WHERE reference = ${reference} AND kind = 'status' AND expires_at > app_now() AND case_id IS NOT NULL LIMIT 200`;
  const found = live.find(({ hash }) => isNoticeCode(hash, "status", reference, code));
  return found ? readCase(found.caseId) : null;
}

/** The case of an id that a page of this product sealed. */
export async function readCase(id: string): Promise<PersonalCase | null> {
  const [row] = await sql<PersonalCase>`
    SELECT id, reference, state, reason, requested_at, ready_at, proven_at, reviewed_at, approved_at, ended_at, expires_at, flags <> '{}' AS flagged FROM recovery_cases WHERE id = ${id}::uuid`;
  return row ?? null;
}

/** The open case of an account, for the banner of its sessions and the ways of its sign-in; null where there is none. */
export async function openCaseOf(userId: string): Promise<PersonalCase | null> {
  const [row] = await sql<PersonalCase>`
    SELECT id, reference, state, reason, requested_at, ready_at, proven_at, reviewed_at, approved_at, ended_at, expires_at, flags <> '{}' AS flagged FROM recovery_cases
    WHERE user_id = ${userId}::uuid AND ended_at IS NULL`;
  return row ?? null;
}
