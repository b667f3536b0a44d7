import { ownMethod } from "#lib/audit/own-method";
import { record } from "#lib/audit/record";
import { openNumber } from "#lib/crypto/number-seal";
import { SealError } from "#lib/crypto/seal";
import { type Sql, transaction } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import { openNote } from "#lib/recovery/rows";
import type { Requester } from "#lib/requester";
import { ok, type Result } from "#lib/result";
import { type Acting, requireStepUp } from "#lib/sessions/step-up";

type Row = Record<string, unknown>;

/** The subjects that are lists. */
export const exportedParts = [
  "groups",
  "recoveryAddresses",
  "consents",
  "phones",
  "factors",
  "passkeys",
  "recoveryCodes",
  "sessions",
  "siteSessions",
  "stepUps",
  "devices",
  "trustedDevices",
  "confirmations",
  "linkedLogins",
  "serviceConsents",
  "serviceLogins",
  "challenges",
  "messages",
  "noticeCodes",
  "changes",
  "takeovers",
  "releases",
  "incidents",
  "recoveryCases",
  "countries",
  "staffRoles",
  "staffInvites",
  "limits",
  "events",
] as const;

/** Everything that is kept about a person, by subject; numbers in full, secrets and what names others left out. */
export type Exported = { exportedAt: string; account: Row } & Record<(typeof exportedParts)[number], Row[]>;

/** A number of the account, or null where its seal does not open: one such row must not withhold all the others. */
function numberOf(userId: string, phoneId: unknown, sealed: unknown): string | null {
  if (typeof phoneId !== "string" || typeof sealed !== "string") return null;
  try {
    return openNumber(phoneId, userId, sealed);
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

/**
 * Everything about a person for themselves, in a session that stepped up for it (SU-03). One transaction, so that it is the state of one moment;
 * lib/accounts/export-data.db.test.ts holds every column of the database against it.
 */
export async function exportData(person: Acting, requester: Requester): Promise<Result<Exported, Refused>> {
  const { userId, sessionId } = person;
  return transaction(async (tx): Promise<Result<Exported, Refused>> => {
    const allowed = await requireStepUp(tx, person, "export_data");
    if (!allowed.ok) return allowed;
    await record(tx, { event: "data.exported", userId, sessionId, ...requester });
    const [[account = {}], owned, proofs, sent, recovery, events] = await Promise.all([
      readAccount(tx, userId),
      readOwned(tx, userId),
      readProofs(tx, userId),
      readSent(tx, userId),
      readRecovery(tx, userId),
      readEvents(tx, userId),
    ]);
    const [now] = await tx<{ now: Date }>`SELECT app_now() AS now`;
    const all = { exportedAt: now?.now, account, ...owned, ...proofs, ...sent, ...recovery, events };
    // Converts the rows to plain JSON values, with times in ISO 8601.
    return ok(JSON.parse(JSON.stringify(all)) as Exported);
  });
}

const readAccount = (tx: Sql, userId: string) => tx`
  SELECT id, email, locale, roles, factor_failures, locked_until, disabled_at, device_told_at, unfinished_told_at, to_json(restricted_until)#>>'{}' AS restricted_until, delete_at, email_refused_at,
    password_changed_at, codes_asked_at, passkey_put_off, passkey_put_off_at, closed_at, created_at FROM users WHERE id = ${userId}::uuid`;

async function readOwned(tx: Sql, userId: string) {
  const [groups, recoveryAddresses, consents, changes, takeovers, releases, incidents, limits] = await Promise.all([
    tx`SELECT name, created_at FROM user_groups WHERE user_id = ${userId}::uuid ORDER BY name`,
    tx`SELECT email, verified_at, counts_from FROM recovery_addresses WHERE user_id = ${userId}::uuid`,
    tx`SELECT document, version, at FROM consents WHERE user_id = ${userId}::uuid ORDER BY at`,
    tx`SELECT id, kind, added_id, removed, removed_sealed, old_email, created_at, undo_until, undone_at FROM changes WHERE user_id = ${userId}::uuid ORDER BY created_at`,
    tx`
      SELECT CASE WHEN to_user_id = ${userId}::uuid THEN 'to_you' ELSE 'from_you' END AS direction, created_at, due_at, stopped_at, done_at
      FROM takeovers WHERE to_user_id = ${userId}::uuid OR from_user_id = ${userId}::uuid ORDER BY created_at`,
    tx`SELECT requested_at, due_at, told FROM address_releases WHERE user_id = ${userId}::uuid`,
    tx`
      SELECT i.created_at, a.done_at FROM incident_accounts a JOIN incidents i ON i.id = a.incident_id WHERE a.user_id = ${userId}::uuid ORDER BY i.created_at`,
    tx`SELECT policy, at FROM limit_hits WHERE owner = ${userId}::uuid ORDER BY at`,
  ]);
  const changed = changes.map(({ removedSealed, ...change }) => {
    const removedNumber = numberOf(userId, (change.removed as Row | null)?.id, removedSealed);
    return { ...change, removedNumber };
  });
  return { groups, recoveryAddresses, consents, changes: changed, takeovers, releases, incidents, limits };
}

async function readProofs(tx: Sql, userId: string) {
  const [phones, factors, passkeys, recoveryCodes, sessions, siteSessions, stepUps, devices, trustedDevices, confirmations, challenges] =
    await Promise.all([
      tx`
      SELECT id, number_sealed, country, channel, voice_only, risk_accepted_at, risk_notice_version, preferred, doubted_at
      FROM account_phones WHERE user_id = ${userId}::uuid ORDER BY created_at`,
      tx`
      SELECT id, kind, name, failures, disabled_at, verified_at, last_used_at, created_at FROM authenticators WHERE user_id = ${userId}::uuid ORDER BY created_at`,
      tx`
      SELECT p.id, encode(p.credential_id, 'base64') AS credential_id, p.alg, p.counter, p.aaguid, p.transports, p.backup_eligible, p.backed_up, p.discoverable,
        p.needs_password FROM passkeys p JOIN authenticators a ON a.id = p.id WHERE a.user_id = ${userId}::uuid ORDER BY a.created_at`,
      tx`
      SELECT c.id, c.set_id, c.used_at, c.created_at FROM recovery_codes c JOIN authenticators a ON a.id = c.set_id
      WHERE a.user_id = ${userId}::uuid ORDER BY c.created_at, c.id`,
      tx`
      SELECT id, challenge_id, amr, authenticated_at, last_seen_at, expires_at, authenticator_id, passkey_tried_at, ip, user_agent
      FROM sessions WHERE user_id = ${userId}::uuid ORDER BY authenticated_at`,
      tx`
      SELECT t.host, e.session_id FROM site_sessions e JOIN sites t ON t.id = e.site_id JOIN sessions s ON s.id = e.session_id
      WHERE s.user_id = ${userId}::uuid ORDER BY t.host`,
      tx`SELECT p.session_id, p.action, p.amr, p.proven_at FROM step_ups p JOIN sessions s ON s.id = p.session_id WHERE s.user_id = ${userId}::uuid ORDER BY p.proven_at`,
      tx`
      SELECT id, created_at, last_used_at, expires_at, factor_failures, locked_until, user_agent FROM known_devices WHERE user_id = ${userId}::uuid ORDER BY created_at`,
      tx`SELECT id, created_at, last_used_at, expires_at, user_agent FROM trusted_devices WHERE user_id = ${userId}::uuid ORDER BY created_at`,
      tx`
      SELECT id, session_id, challenge_id, act, unit, amount, payee, reference, created_at, expires_at, confirmed_at, used_at, receipt
      FROM confirmations WHERE user_id = ${userId}::uuid ORDER BY created_at`,
      tx`
      SELECT id, purpose, email, locale, return_to, attempts, sends, sends_refunded, current_channel, current_authenticator_id, device_id, follows, step, session_id,
        action, replaces, hint, federated_by, federated_at, told_at, created_at, expires_at, consumed_at, voided_at
      FROM challenges WHERE user_id = ${userId}::uuid OR about_id = ${userId}::uuid ORDER BY created_at`,
    ]);
  const [linkedLogins, serviceConsents, serviceLogins] = await Promise.all([
    tx`SELECT id, provider, subject, created_at, last_used_at FROM linked_logins WHERE user_id = ${userId}::uuid ORDER BY created_at`,
    tx`SELECT client_id, scopes, given_at FROM openid_consents WHERE user_id = ${userId}::uuid ORDER BY given_at`,
    tx`
      SELECT l.session_id, l.client_id, l.sub, l.created_at FROM openid_logins l JOIN sessions s ON s.id = l.session_id
      WHERE s.user_id = ${userId}::uuid ORDER BY l.created_at`,
  ]);
  const services = { linkedLogins, serviceConsents, serviceLogins };
  const numbered = phones.map(({ numberSealed, ...phone }) => ({ ...phone, number: numberOf(userId, phone.id, numberSealed) }));
  return {
    phones: numbered,
    factors,
    passkeys,
    recoveryCodes,
    sessions,
    siteSessions,
    stepUps,
    devices,
    trustedDevices,
    confirmations,
    ...services,
    challenges,
  };
}

/** What was sent to the person, with every hand-over; `to` is null where the number is not theirs any more. */
async function readSent(tx: Sql, userId: string) {
  const rows = await tx`
    SELECT m.id, m.challenge_id, m.authenticator_id, m.template, m.channel, m.country, m.digits, m.locale, m.to_new_number, m.status, m.reason, m.tries, m.status_at,
      m.created_at, m.until, CASE WHEN m.channel = 'EMAIL' THEN coalesce(m.recipient, u.email) END AS mailed, m.recipient, coalesce(p.number_sealed, m.number_sealed) AS number_sealed,
      coalesce((SELECT json_agg(json_build_object('id', d.id, 'provider', d.provider, 'providerRef', d.provider_ref, 'status', d.status, 'reason', d.reason, 'providerCode', d.provider_code, 'carrier', d.carrier,
        'startedAt', d.started_at, 'statusAt', d.status_at, 'endedAt', d.ended_at, 'segments', d.segments) ORDER BY d.started_at)
        FROM delivery_attempts d WHERE d.message_id = m.id AND d.message_at = m.created_at), '[]') AS attempts
    FROM messages m JOIN users u ON u.id = m.user_id LEFT JOIN account_phones p ON p.id = m.authenticator_id AND p.user_id = m.user_id
    WHERE m.user_id = ${userId}::uuid ORDER BY m.created_at`;
  const messages = rows.map(({ mailed, numberSealed, ...message }) => ({
    ...message,
    to: mailed ?? numberOf(userId, message.authenticatorId, numberSealed),
  }));
  const noticeCodes = await tx`
    SELECT message_id, kind, channel, reference, change_id, case_id, expires_at, used_at FROM notice_codes WHERE user_id = ${userId}::uuid ORDER BY expires_at`;
  return { messages, noticeCodes };
}

/** The lost-phone requests of the person with what was done to each, where they signed in from, and their roles; never who decided, or why. */
async function readRecovery(tx: Sql, userId: string) {
  const [cases, countries, staffRoles, staffInvites] = await Promise.all([
    tx`
      SELECT id, reference, state, reason, note_sealed, challenge_id, ip, user_agent, flags, restriction_after, requested_at, proven_at, reviewed_at, approved_at,
        wait_seconds, ready_at, mailed_at, binding_id, frozen_from, frozen_at, expires_at, ended_at,
        coalesce((SELECT json_agg(json_build_object('at', s.at, 'act', s.act, 'checks', s.checks) ORDER BY s.id) FROM recovery_case_steps s
          WHERE s.case_id = c.id), '[]') AS steps
      FROM recovery_cases c WHERE user_id = ${userId}::uuid ORDER BY requested_at`,
    tx`SELECT country, last_seen_at FROM account_countries WHERE user_id = ${userId}::uuid ORDER BY country`,
    tx`
      SELECT role, granted_at, revoked_at FROM staff_grants WHERE subject = (SELECT audit_subject FROM users WHERE id = ${userId}::uuid) ORDER BY granted_at`,
    tx`
      SELECT email, role, created_at, expires_at, used_at FROM staff_invites WHERE email = (SELECT email FROM users WHERE id = ${userId}::uuid) ORDER BY created_at`,
  ]);
  const recoveryCases = cases.map(({ noteSealed, ...one }) => ({ ...one, note: noteOf(userId, one.challengeId, noteSealed) }));
  return { recoveryCases, countries, staffRoles, staffInvites };
}

/** What the person wrote for the reviewers, or null where its seal does not open. */
function noteOf(userId: string, challengeId: unknown, sealed: unknown): string | null {
  if (typeof challengeId !== "string" || typeof sealed !== "string") return null;
  try {
    return openNote(userId, challengeId, sealed);
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

async function readEvents(tx: Sql, userId: string) {
  const events = await tx`
    SELECT e.id, e.at, e.event, e.challenge_id, e.session_id, e.method, e.ip, e.user_agent, e.reason, e.times
    FROM audit_events e WHERE e.subject = (SELECT audit_subject FROM users WHERE id = ${userId}::uuid) ORDER BY e.id`;
  return events.map((one) => ({ ...one, method: ownMethod(String(one.event), typeof one.method === "string" ? one.method : null) }));
}
