import { keyedHash, keyedHashes, newToken } from "#lib/crypto/hash";
import { type Sql, sql, transaction } from "#lib/db/sql";
import { INVITE_SECONDS } from "#lib/limits/policy";
import { fail, ok, type Result } from "#lib/result";
import { isRole, type Role } from "#lib/staff/matrix";
import { grantRole } from "#lib/staff/people";

/** Invitations to a role: a one-time URL for an hour, stored as a hash; the invited person signs in with the invited address. */

/** Makes an invitation; its token goes to whoever asked and is stored nowhere. An invitation before it to the same address ends. */
export async function inviteStaff(tx: Sql, { email, role, by }: { email: string | null; role: Role; by: string }): Promise<string> {
  const token = newToken();
  await tx`DELETE FROM staff_invites WHERE used_at IS NULL AND email IS NOT DISTINCT FROM ${email}`;
  await tx`
    INSERT INTO staff_invites (email, role, token_hash, invited_by, expires_at)
    VALUES (${email}, ${role}, ${keyedHash("token", "staff_invite", token)}, ${by}, app_now() + make_interval(secs => ${INVITE_SECONDS}::int))`;
  return token;
}

const hashesOf = (token: string): Buffer[] => (/^[A-Za-z0-9_-]{43}$/.test(token) ? keyedHashes("token", "staff_invite", token) : []);

/** A live invitation: to whom (null: whoever has it, in a demo without an administrator) and to which role. */
export type Invite = { id: string; email: string | null; role: Role };

/** The live invitation of a token, or null. */
export async function readInvite(token: string, tx: Sql = sql): Promise<Invite | null> {
  const hashes = hashesOf(token);
  if (hashes.length === 0) return null;
  const [row] = await tx<{ id: string; email: string | null; role: string }>`
    SELECT id, email, role FROM staff_invites WHERE token_hash = ANY(${hashes}::bytea[]) AND used_at IS NULL AND expires_at > app_now()`;
  return row && isRole(row.role) ? { id: row.id, email: row.email, role: row.role } : null;
}

/** Accepts an invitation for the account of a session, once; an open one of a demo is void where an administrator exists already. */
export const acceptInvite = (token: string, userId: string): Promise<Result<Role, "gone" | "other_address">> =>
  transaction(async (tx): Promise<Result<Role, "gone" | "other_address">> => {
    const invite = await readInvite(token, tx);
    if (!invite) return fail("gone");
    const [account] = await tx<{ email: string }>`SELECT email FROM users WHERE id = ${userId}::uuid AND disabled_at IS NULL`;
    if (!account || (invite.email !== null && invite.email !== account.email)) return fail("other_address");
    const used = await tx`UPDATE staff_invites SET used_at = app_now() WHERE id = ${invite.id}::uuid AND used_at IS NULL RETURNING id`;
    if (used.length === 0) return fail("gone");
    if (invite.email === null && (await hasAdministrator(tx))) return fail("gone");
    await grantRole(tx, userId, invite.role, "invite");
    return ok(invite.role);
  });

/** Whether there is an administrator who can act. */
export async function hasAdministrator(tx: Sql = sql): Promise<boolean> {
  const found = await tx`SELECT 1 FROM users WHERE 'administrator' = ANY(roles) AND disabled_at IS NULL LIMIT 1`;
  return found.length > 0;
}
