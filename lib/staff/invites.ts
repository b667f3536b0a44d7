import { keyedHash, keyedHashes, newToken } from "#lib/crypto/hash";
import { rollback, type Sql, sql, transaction } from "#lib/db/sql";
import { INVITE_SECONDS } from "#lib/limits/policy";
import { fail, ok, type Result } from "#lib/result";
import { lockStaff } from "#lib/staff/lock";
import { isRole, type Role } from "#lib/staff/matrix";
import { grantRole } from "#lib/staff/people";

/** Invitations to a role: a one-time URL for an hour, stored as a hash; the invited person signs in with the invited address. */

type Invitation = {
  /** Null for the set-up of a demo, which counts while there is no administrator. */
  email: string | null;
  role: Role;
  by: string;
};

/**
 * Makes an invitation; its token is returned to the caller and is not stored. An invitation before it to the same address ends; those of a demo's
 * set-up do not, because each instance prints its own.
 */
export async function inviteStaff(tx: Sql, { email, role, by }: Invitation): Promise<string> {
  const token = newToken();
  await tx`DELETE FROM staff_invites WHERE used_at IS NULL AND email = ${email}`;
  await tx`
    INSERT INTO staff_invites (email, role, token_hash, invited_by, expires_at)
    VALUES (${email}, ${role}, ${keyedHash("token", "staff_invite", token)}, ${by}, app_now() + make_interval(secs => ${INVITE_SECONDS}::int))`;
  return token;
}

/** The page of an invitation. */
export const invitePath = (token: string): string => `/invite/${token}`;

const hashesOf = (token: string): Buffer[] => (/^[A-Za-z0-9_-]{43}$/.test(token) ? keyedHashes("token", "staff_invite", token) : []);

/** An invitation: to which address (null: any holder of the link, in a demo without an administrator), to which role, and what has become of it. */
export type Invite = {
  id: string;
  email: string | null;
  role: Role;
  state: "open" | "used" | "over";
  invitedBy: string;
  expiresAt: string;
};

/**
 * The invitation of a token, or null; it is over after its hour and when its maker in the console is no acting administrator any more, and a
 * demo's set-up also while there is an administrator.
 */
export async function readInvite(token: string, tx: Sql = sql): Promise<Invite | null> {
  const hashes = hashesOf(token);
  if (hashes.length === 0) return null;
  const [row] = await tx<Omit<Invite, "role"> & { role: string }>`
    SELECT id, email, role, invited_by, to_json(expires_at)#>>'{}' AS expires_at,
      CASE WHEN used_at IS NOT NULL THEN 'used' WHEN expires_at <= app_now() THEN 'over'
        WHEN email IS NULL AND EXISTS (SELECT 1 FROM users WHERE roles <> '{}' AND 'administrator' = ANY(roles) AND disabled_at IS NULL) THEN 'over'
        WHEN invited_by LIKE 'staff:%' AND NOT EXISTS (SELECT 1 FROM users WHERE roles <> '{}' AND 'administrator' = ANY(roles) AND disabled_at IS NULL
          AND audit_subject::text = substring(invited_by FROM 7 FOR 36)) THEN 'over' ELSE 'open' END AS state
    FROM staff_invites WHERE token_hash = ANY(${hashes}::bytea[])`;
  return row && isRole(row.role) ? { ...row, role: row.role } : null;
}

/** An invitation that can still be accepted; `by` is the address of the administrator who made it, null for a command. Times are ISO 8601. */
export type OpenInvite = { id: string; email: string; role: Role; by: string | null; expiresAt: string };

/** The invitations that can still be accepted, the newest first; the set-up invitation of a demo has no address and is left out. */
export const listInvites = (tx: Sql = sql): Promise<OpenInvite[]> => tx<OpenInvite>`
  SELECT i.id, i.email, i.role, u.email AS by, to_json(i.expires_at)#>>'{}' AS expires_at
  FROM staff_invites i LEFT JOIN users u ON i.invited_by LIKE 'staff:%' AND u.audit_subject::text = substring(i.invited_by FROM 7 FOR 36)
    AND u.roles <> '{}' AND 'administrator' = ANY(u.roles) AND u.disabled_at IS NULL
  WHERE i.email IS NOT NULL AND i.used_at IS NULL AND i.expires_at > app_now() AND (u.id IS NOT NULL OR i.invited_by NOT LIKE 'staff:%')
  ORDER BY i.expires_at DESC, i.id LIMIT 100`;

/** Withdraws an open invitation; returns its role, or null where there is no open one. */
export async function withdrawInvite(tx: Sql, id: string): Promise<string | null> {
  const [row] = await tx<{ role: string }>`
    DELETE FROM staff_invites WHERE id = ${id}::uuid AND email IS NOT NULL AND used_at IS NULL AND expires_at > app_now() RETURNING role`;
  return row?.role ?? null;
}

/** Accepts an invitation for the account of a session, once; every session of the account ends with it. */
export const acceptInvite = (token: string, userId: string): Promise<Result<Role, "gone" | "other_address">> =>
  transaction(async (tx): Promise<Result<Role, "gone" | "other_address">> => {
    // Before it is read: of two set-up URLs of a demo that are accepted at once, one finds the administrator of the other.
    await lockStaff(tx);
    const invite = await readInvite(token, tx);
    if (invite?.state !== "open") return fail("gone");
    const [account] = await tx<{ email: string }>`SELECT email FROM users WHERE id = ${userId}::uuid AND disabled_at IS NULL`;
    if (!account || (invite.email !== null && invite.email !== account.email)) return fail("other_address");
    const used = await tx`UPDATE staff_invites SET used_at = app_now() WHERE id = ${invite.id}::uuid AND used_at IS NULL RETURNING id`;
    if (used.length === 0) return rollback(fail("gone"));
    await grantRole(tx, userId, invite.role, `invite ${invite.invitedBy}`);
    return ok(invite.role);
  });

/** Whether there is an administrator who can act. */
export async function hasAdministrator(tx: Sql = sql): Promise<boolean> {
  const found = await tx`SELECT 1 FROM users WHERE roles <> '{}' AND 'administrator' = ANY(roles) AND disabled_at IS NULL LIMIT 1`;
  return found.length > 0;
}
