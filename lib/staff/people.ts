import { record } from "#lib/audit/record";
import { type Sql, sql } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import type { Refused } from "#lib/errors";
import { NEW_ADMINISTRATOR_SECONDS, SOLE_ADMINISTRATOR_SECONDS } from "#lib/limits/policy";
import { fail, ok, type Result } from "#lib/result";
import { endAllSessions } from "#lib/sessions/end-session";
import { endTrustedDevices } from "#lib/sessions/trusted-device";
import { lockStaff } from "#lib/staff/lock";
import type { Role } from "#lib/staff/matrix";

/** Who has a role: given, taken away, and told to all staff (J02 to J04). */

/**
 * Tells every member of staff, and the person concerned, that a role was given, taken away, suspended or resumed. Those who are suspended are
 * told too: otherwise one administrator suspends the others first and makes another one unseen. Who has no role any more is told that alone.
 */
export async function tellStaff(tx: Sql, concerned: string): Promise<void> {
  const staff = await tx<{ id: string; locale: string; role: boolean }>`
    SELECT id, locale, roles && ARRAY['support', 'administrator'] AS role FROM users WHERE (roles <> '{}' AND roles && ARRAY['support', 'administrator'] OR id = ${concerned}::uuid) AND closed_at IS NULL ORDER BY id`;
  for (const { id, locale, role } of staff)
    await queueNotice(tx, { userId: id, template: role ? "notice.staff_changed" : "notice.staff_left", locale });
}

/**
 * Gives an account a role at once; false where it has it already. Its trusted devices end, because roles are never reached without a second factor
 * (TRUSTED_DEVICE), and so do its sessions, whose life is that of an account without a role.
 */
export async function grantRole(tx: Sql, userId: string, role: Role, by: string): Promise<boolean> {
  await lockStaff(tx);
  const held = await tx`SELECT 1 FROM users WHERE id = ${userId}::uuid AND ${role} = ANY(roles)`;
  if (held.length > 0) return false;
  await endAllSessions(tx, userId);
  await endTrustedDevices(tx, userId);
  const granted = await tx`
    UPDATE users SET roles = array_append(roles, ${role}) WHERE id = ${userId}::uuid AND NOT ${role} = ANY(roles) RETURNING id`;
  if (granted.length === 0) return false;
  await tx`
    INSERT INTO staff_grants (subject, role, granted_by) SELECT audit_subject, ${role}, ${by} FROM users WHERE id = ${userId}::uuid
    ON CONFLICT (subject, role) WHERE revoked_at IS NULL DO NOTHING`;
  await record(tx, { event: "role.granted", userId, method: `${role} ${by}`, ip: "", userAgent: "" });
  await tellStaff(tx, userId);
  return true;
}

/**
 * Whether an account is the only administrator that can act and stays: one that is suspended, or about to be deleted, is no other. What would end the
 * account or its role asks first, and waits for every other act that does.
 */
export async function isLastAdministrator(tx: Sql, userId: string): Promise<boolean> {
  await lockStaff(tx);
  const [row] = await tx<{ last: boolean }>`
    SELECT EXISTS (SELECT 1 FROM users WHERE id = ${userId}::uuid AND 'administrator' = ANY(roles) AND disabled_at IS NULL)
      AND NOT EXISTS (SELECT 1 FROM users
        WHERE roles <> '{}' AND id <> ${userId}::uuid AND 'administrator' = ANY(roles) AND disabled_at IS NULL AND delete_at IS NULL) AS last`;
  return row?.last ?? false;
}

/** Takes an account's roles away; its sessions end. Refusals: `last_administrator`, `not_allowed` where it has none. */
export async function revokeRoles(tx: Sql, userId: string, by: string): Promise<Result<null, Refused>> {
  if (await isLastAdministrator(tx, userId)) return fail({ code: "last_administrator" });
  const [held] = await tx<{ subject: string }>`
    SELECT audit_subject AS subject FROM users WHERE id = ${userId}::uuid AND roles && ARRAY['support', 'administrator']`;
  if (!held) return fail({ code: "not_allowed", reason: "no_change" });
  await endAllSessions(tx, userId);
  await tx`
    UPDATE users SET roles = ARRAY(SELECT r FROM unnest(roles) r WHERE r NOT IN ('support', 'administrator')) WHERE id = ${userId}::uuid`;
  await tx`UPDATE staff_grants SET revoked_at = app_now(), revoked_by = ${by} WHERE subject = ${held.subject}::uuid AND revoked_at IS NULL`;
  await record(tx, { event: "role.revoked", userId, method: by, ip: "", userAgent: "" });
  await tellStaff(tx, userId);
  return ok(null);
}

/** One member of staff, for the list; `mayApproveAt` is when an administrator's first days are over, ISO 8601. */
export type Person = {
  userId: string;
  subject: string;
  email: string;
  role: Role;
  grantedAt: string;
  mayApproveAt: string | null;
  disabled: boolean;
};

/** Everybody who has a role, the oldest grant first. */
export const listPeople = (tx: Sql): Promise<Person[]> => tx<Person>`
  SELECT u.id AS user_id, u.audit_subject AS subject, u.email, g.role, to_json(g.granted_at)#>>'{}' AS granted_at, u.disabled_at IS NOT NULL AS disabled,
    CASE WHEN g.role = 'administrator' AND g.granted_at > app_now() - make_interval(secs => ${NEW_ADMINISTRATOR_SECONDS}::int)
      THEN to_json(g.granted_at + make_interval(secs => ${NEW_ADMINISTRATOR_SECONDS}::int))#>>'{}' END AS may_approve_at
  FROM staff_grants g JOIN users u ON u.audit_subject = g.subject AND g.role = ANY(u.roles) WHERE g.revoked_at IS NULL ORDER BY g.granted_at, u.email`;

/** One account with all its roles: since when the first of them, and the end of an administrator's first days. */
export type Member = Omit<Person, "role"> & { roles: Role[] };

/** The staff, one line for each account. */
export async function listMembers(tx: Sql = sql): Promise<Member[]> {
  const members = new Map<string, Member>();
  for (const { role, ...one } of await listPeople(tx)) {
    const known = members.get(one.userId);
    const mayApproveAt = role === "administrator" ? one.mayApproveAt : (known?.mayApproveAt ?? null);
    members.set(one.userId, { ...(known ?? one), mayApproveAt, roles: [...(known?.roles ?? []), role] });
  }
  return [...members.values()];
}

/** Whether the administrator of this pseudonym was one for long enough to approve a case. */
export async function mayApprove(tx: Sql, subject: string): Promise<boolean> {
  const old = await tx`
    SELECT 1 FROM staff_grants WHERE subject = ${subject}::uuid AND role = 'administrator' AND revoked_at IS NULL
      AND granted_at <= app_now() - make_interval(secs => ${NEW_ADMINISTRATOR_SECONDS}::int)`;
  return old.length === 1;
}

/** Whether an administrator besides the reviewer of a case may approve: one of three days who is not suspended. */
export async function hasOtherApprover(tx: Sql, reviewer: string | null): Promise<boolean> {
  const others = await tx`
    SELECT 1 FROM staff_grants g JOIN users u ON u.audit_subject = g.subject AND u.disabled_at IS NULL
    WHERE g.role = 'administrator' AND g.revoked_at IS NULL AND g.subject IS DISTINCT FROM ${reviewer}::uuid
      AND g.granted_at <= app_now() - make_interval(secs => ${NEW_ADMINISTRATOR_SECONDS}::int) LIMIT 1`;
  return others.length > 0;
}

/**
 * Whether the reviewer of a case got a role from its approver within the last days, also by way of others who were made within them: the two would be
 * one person (LP-01). A role that was taken away again counts too.
 */
export async function isOwnReviewer(tx: Sql, reviewer: string, approver: string): Promise<boolean> {
  const made = await tx`
    WITH RECURSIVE makers AS (
      SELECT ${reviewer}::text AS subject
      UNION SELECT substring(g.granted_by FROM 'staff:([0-9a-f-]{36})') FROM makers m JOIN staff_grants g ON g.subject::text = m.subject
      WHERE g.granted_at > app_now() - make_interval(secs => ${NEW_ADMINISTRATOR_SECONDS}::int))
    SELECT 1 FROM makers WHERE subject = ${approver}`;
  return made.length > 0;
}

/** Ends the grants of an account that is about to be deleted; without that they would count as those of another person for ever. */
export const endGrantsOf = (tx: Sql, userId: string): Promise<unknown> => tx`
  UPDATE staff_grants SET revoked_at = app_now(), revoked_by = 'deletion'
  WHERE subject = (SELECT audit_subject FROM users WHERE id = ${userId}::uuid) AND revoked_at IS NULL`;

/**
 * Whether this is an installation with one administrator: for thirty days no other account had a role, so that one who wants to be alone cannot bring it
 * about by revoking the other.
 */
export async function isSoleAdministrator(tx: Sql, subject: string): Promise<boolean> {
  const [row] = await tx<{ sole: boolean }>`
    SELECT NOT EXISTS (SELECT 1 FROM staff_grants WHERE subject <> ${subject}::uuid
        AND (revoked_at IS NULL OR revoked_at > app_now() - make_interval(secs => ${SOLE_ADMINISTRATOR_SECONDS}::int)))
      AND EXISTS (SELECT 1 FROM staff_grants WHERE subject = ${subject}::uuid AND role = 'administrator' AND revoked_at IS NULL
        AND granted_at <= app_now() - make_interval(secs => ${SOLE_ADMINISTRATOR_SECONDS}::int)) AS sole`;
  return row?.sole ?? false;
}

/**
 * How many administrators can act, at most two; `sole` where one replaces the second approval by the long wait, `others` where another account had a
 * role within the thirty days before.
 */
export type Alone = { administrators: number; sole: boolean; others: boolean };

/** Whether this is an installation with one administrator, for the pages that must say so. */
export async function readAlone(tx: Sql = sql): Promise<Alone> {
  const acting = await tx<{ subject: string }>`
    SELECT audit_subject AS subject FROM users WHERE roles <> '{}' AND 'administrator' = ANY(roles) AND disabled_at IS NULL LIMIT 2`;
  const [only] = acting;
  const others = await tx`
    SELECT 1 FROM staff_grants WHERE subject IS DISTINCT FROM ${only?.subject ?? null}::uuid
      AND (revoked_at IS NULL OR revoked_at > app_now() - make_interval(secs => ${SOLE_ADMINISTRATOR_SECONDS}::int)) LIMIT 1`;
  return {
    others: others.length > 0,
    administrators: acting.length,
    sole: acting.length === 1 && only !== undefined && (await isSoleAdministrator(tx, only.subject)),
  };
}
