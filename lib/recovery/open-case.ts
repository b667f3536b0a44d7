import { type AuditEntry, record } from "#lib/audit/record";
import { newCaseReference } from "#lib/crypto/codes";
import { rollback, type Sql } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import type { Refused } from "#lib/errors";
import { LOST_PHONE } from "#lib/limits/policy";
import { type CaseReason, type CaseView, endsSessions, flagsOf, type RiskFacts, type ViewedCase, viewOfCase } from "#lib/recovery/case";
import { type Author, noteStep } from "#lib/recovery/rows";
import type { Requester } from "#lib/requester";
import { fail } from "#lib/result";
import { deviceHashes } from "#lib/sessions/known-device";

/** Two requests of one account at once: the unique index lets one open case in, the other's transaction is run again and finds it. */
export const CASE_RACE = "recovery_cases_one_open";

/** What takes a way in or a second address away and leaves no row but that of the audit log. */
const REMOVALS: AuditEntry["event"][] = ["totp.removed", "passkey.removed", "recovery_address.removed"];

/** Reads what the flags of a request are judged by, before the request ends the account's devices. */
async function readRisk(tx: Sql, userId: string, { deviceToken, country }: Requester): Promise<RiskFacts> {
  const [facts] = await tx<RiskFacts>`
    SELECT EXISTS (SELECT 1 FROM known_devices d WHERE d.user_id = u.id AND d.token_hash = ANY(${deviceHashes(deviceToken)}::bytea[]) AND d.expires_at > app_now()) AS known_browser,
      CASE WHEN ${country ?? null}::text IS NOT NULL THEN NOT EXISTS (SELECT 1 FROM account_countries k
        WHERE k.user_id = u.id AND k.country = ${country ?? null} AND k.last_seen_at > app_now() - interval '90 days') END AS other_country,
      (coalesce(u.password_changed_at > app_now() - interval '7 days', false)
        OR EXISTS (SELECT 1 FROM changes g WHERE g.user_id = u.id AND g.created_at > app_now() - interval '7 days')
        OR EXISTS (SELECT 1 FROM authenticators a WHERE a.user_id = u.id AND a.verified_at > app_now() - interval '7 days')
        OR EXISTS (SELECT 1 FROM recovery_addresses r WHERE r.user_id = u.id AND r.verified_at > app_now() - interval '7 days')
        OR EXISTS (SELECT 1 FROM audit_events e WHERE e.subject = u.audit_subject AND e.event = ANY(${REMOVALS}::text[]) AND e.at > app_now() - interval '7 days')) AS recent_change,
      u.created_at > app_now() - interval '7 days' AS young_account,
      EXISTS (SELECT 1 FROM recovery_cases c WHERE c.user_id = u.id AND c.ended_at IS NOT NULL AND c.requested_at > app_now() - interval '30 days') AS second_request
    FROM users u WHERE u.id = ${userId}::uuid`;
  if (!facts) throw new Error("a request of no account");
  return facts;
}

type Request = { userId: string; locale: string; challengeId: string; reason: CaseReason; noteSealed: string | null };

/** The flags of a request, read before anything of the account ends. */
export const readFlags = async (tx: Sql, userId: string, requester: Requester): Promise<string[]> =>
  flagsOf(await readRisk(tx, userId, requester));

/**
 * Writes the request of a person who proved password and e-mail address, and restricts the account until it is decided. The request of a case that
 * staff have begun makes that one proven. Rolls back with `case_open` where another is open.
 */
export async function openCase(
  tx: Sql,
  { userId, locale, challengeId, reason, noteSealed }: Request,
  flags: readonly string[],
  requester: Requester,
): Promise<CaseView> {
  const { ip, userAgent } = requester;
  const [begun] = await tx<ViewedCase & { id: string }>`
    UPDATE recovery_cases SET proven_at = app_now(), challenge_id = ${challengeId}::uuid, reason = ${reason}, note_sealed = ${noteSealed}, ip = ${ip},
      user_agent = ${userAgent.slice(0, 256)}, flags = ${flags}::text[], expires_at = app_now() + make_interval(secs => ${LOST_PHONE.undecided}::int)
    WHERE user_id = ${userId}::uuid AND state = 'requested' AND proven_at IS NULL RETURNING id, reference, state, requested_at, ready_at`;
  const row = begun ?? (await insertCase(tx, { userId, challengeId, reason, noteSealed, openedBy: null, proven: true }, flags, requester));
  await noteStep(tx, row.id, { act: "requested" });
  await record(tx, { event: "case.requested", userId, challengeId, method: row.reference, ip, userAgent });
  await queueNotice(tx, { userId, template: noticeOf(reason), locale, case: row });
  return viewOfCase(row);
}

const noticeOf = (reason: CaseReason) => (endsSessions(reason) ? "notice.case_requested_ended" : "notice.case_requested");

async function insertCase(
  tx: Sql,
  input: {
    userId: string;
    challengeId: string | null;
    reason: CaseReason;
    noteSealed: string | null;
    openedBy: string | null;
    proven: boolean;
  },
  flags: readonly string[],
  { ip, userAgent }: Pick<Requester, "ip" | "userAgent">,
): Promise<ViewedCase & { id: string }> {
  const { userId, challengeId, reason, noteSealed, openedBy, proven } = input;
  const open = await tx`SELECT 1 FROM recovery_cases WHERE user_id = ${userId}::uuid AND ended_at IS NULL`;
  if (open.length > 0) return rollback(fail<Refused>({ code: "case_open" }));
  const [row] = await tx<ViewedCase & { id: string }>`
    INSERT INTO recovery_cases (reference, user_id, reason, note_sealed, opened_by, challenge_id, ip, user_agent, flags, restriction_after, proven_at, expires_at)
    SELECT ${newCaseReference()}, u.id, ${reason}, ${noteSealed}, ${openedBy}, ${challengeId}::uuid, ${ip}, ${userAgent.slice(0, 256)}, ${flags}::text[],
      CASE WHEN u.restricted_until > app_now() THEN u.restricted_until END, CASE WHEN ${proven}::boolean THEN app_now() END,
      app_now() + make_interval(secs => ${LOST_PHONE.undecided}::int)
    FROM users u WHERE u.id = ${userId}::uuid RETURNING id, reference, state, requested_at, ready_at`;
  if (!row) throw new Error("a case was not written");
  await tx`UPDATE users SET restricted_until = 'infinity' WHERE id = ${userId}::uuid`;
  return row;
}

/**
 * Begins a case at the request of a person who reached staff another way; `reason` of the author says how. Guarded acts stop and the account is told at
 * once, but nothing is reviewed until the person proved password and e-mail address.
 */
export async function startCase(
  tx: Sql,
  { userId, locale, reason, why }: { userId: string; locale: string; reason: CaseReason; why: string },
  author: Author,
): Promise<CaseView> {
  const input = { userId, challengeId: null, reason, noteSealed: null, openedBy: author.by, proven: false };
  const row = await insertCase(tx, input, [], { ip: "", userAgent: "" });
  await noteStep(tx, row.id, { act: "started", author, reason: why });
  await record(tx, { event: "case.requested", userId, method: `${row.reference} ${author.by}`, ip: "", userAgent: "" });
  await queueNotice(tx, { userId, template: "notice.case_started", locale, case: row });
  return viewOfCase(row);
}
