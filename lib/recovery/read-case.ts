import { challengeHashes } from "#lib/challenges/read";
import { parseLongCode, parseReference } from "#lib/crypto/codes";
import { equalInConstantTime, keyedHashes } from "#lib/crypto/hash";
import { composed, sql } from "#lib/db/sql";
import { noticeCodeScope } from "#lib/delivery/messages/queue-notice";
import type { CaseReason, CaseState, ViewedCase } from "#lib/recovery/case";

/** A case for its person. */
export type PersonalCase = ViewedCase & {
  id: string;
  userId: string;
  reason: CaseReason;
  /** The browser that requested it; "" where staff began it. */
  userAgent: string;
  /** Whether staff began it, at the person's request. */
  byStaff: boolean;
  provenAt: Date | null;
  reviewedAt: Date | null;
  approvedAt: Date | null;
  waitSeconds: number | null;
  /** Whether something of the request makes its wait the long one. */
  flagged: boolean;
  frozenFrom: CaseState | null;
  frozenAt: Date | null;
  endedAt: Date | null;
  expiresAt: Date;
};

const PERSONAL = `
  SELECT c.id, c.user_id, c.reference, c.state, c.reason, c.user_agent, c.opened_by IS NOT NULL AS by_staff, c.requested_at, c.proven_at, c.reviewed_at,
    c.approved_at, c.wait_seconds, c.flags <> '{}' AS flagged, c.ready_at, c.frozen_from, c.frozen_at, c.ended_at, c.expires_at
  FROM recovery_cases c`;
const byId = composed(`${PERSONAL} WHERE c.id = $::uuid`);
const openOfAccount = composed(`${PERSONAL} WHERE c.user_id = $::uuid AND c.ended_at IS NULL`);
const byChallenge = composed(`${PERSONAL} JOIN challenges h ON h.id = c.challenge_id WHERE h.token_hash = ANY($::bytea[])`);

/** The case that the challenge of this browser requested, while that challenge is kept; null for any other. */
export async function caseOfChallenge(token: string): Promise<PersonalCase | null> {
  const hashes = challengeHashes(token);
  if (hashes.length === 0) return null;
  const [row] = await sql<PersonalCase>(byChallenge, hashes);
  return row ?? null;
}

/** The case of a reference and the status code of its mail; null where they do not belong together. The code can be used again for its week. */
export async function caseOfStatusCode(typed: { reference: string; statusCode: string }): Promise<PersonalCase | null> {
  const [reference, code] = [parseReference(typed.reference), parseLongCode(typed.statusCode)];
  if (!reference || !code) return null;
  const live = await sql<{ caseId: string; hash: Buffer }>`
    SELECT case_id, hash FROM notice_codes WHERE reference = ${reference} AND kind = 'status' AND expires_at > app_now() AND case_id IS NOT NULL LIMIT 200`;
  const hashes = keyedHashes("token", noticeCodeScope("status", reference), code).map((hash) => hash.toString("hex"));
  const found = live.find(({ hash }) => hashes.some((one) => equalInConstantTime(one, hash.toString("hex"))));
  return found ? readCase(found.caseId) : null;
}

/** The case of an id that a page of this product sealed. */
export async function readCase(id: string): Promise<PersonalCase | null> {
  const [row] = await sql<PersonalCase>(byId, id);
  return row ?? null;
}

/** The open case of an account, for the banner of its sessions and the ways of its sign-in; null where there is none. */
export async function openCaseOf(userId: string): Promise<PersonalCase | null> {
  const [row] = await sql<PersonalCase>(openOfAccount, userId);
  return row ?? null;
}
