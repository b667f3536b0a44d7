import { beginLostPhone } from "#lib/accounts/lost-phone";
import { sql, transaction } from "#lib/db/sql";
import { openNoticeCodes, type StoredNoticeCode } from "#lib/delivery/wording/notice-codes";
import { verifyChallenge } from "#lib/purposes/challenges";
import type { CaseReason } from "#lib/recovery/case";
import { advanceCase } from "#lib/recovery/progress";
import type { Acting } from "#lib/sessions/step-up";
import type { Role } from "#lib/staff/matrix";
import { grantRole } from "#lib/staff/people";
import {
  type Account,
  addRecoveryCode,
  bindFactor,
  codeOf,
  makeAccount,
  must,
  passPassword,
  requester,
  setClock,
} from "#lib/testing/fixtures";

/** Staff and lost-phone cases for database tests. */

/** Leaves no account with a role, and none that had one within a year. */
export async function forgetStaff(): Promise<void> {
  await sql`UPDATE users SET roles = '{}'`;
  await sql`UPDATE staff_grants SET revoked_at = app_now() - interval '1 year', revoked_by = 'test' WHERE revoked_at IS NULL`;
  await sql`UPDATE staff_grants SET revoked_at = least(revoked_at, app_now() - interval '1 year')`;
}

export type StaffMember = Acting & { account: Account };

/** A member of staff of long standing whose session stepped up for acts of staff. */
export async function staffMember(role: Role, days = 100): Promise<StaffMember> {
  const account = await makeAccount();
  await transaction((tx) => grantRole(tx, account.userId, role, "test"));
  await sql`UPDATE staff_grants SET granted_at = app_now() - make_interval(days => ${days}::int) WHERE subject = (SELECT audit_subject FROM users WHERE id = ${account.userId}::uuid)`;
  await bindFactor(account.userId, "totp");
  return { ...(await staffSession(account)), account };
}

/** Another session of a member of staff that has stepped up. */
export async function staffSession(account: Account): Promise<Acting> {
  const [session] = await sql<{ id: string }>`
    INSERT INTO sessions (token_hash, user_id, amr, authenticated_at, last_seen_at, expires_at)
    VALUES (gen_random_uuid()::text::bytea, ${account.userId}::uuid, '{pwd,otp}', app_now(), app_now(), app_now() + interval '12 hours') RETURNING id`;
  const acting = { sessionId: session?.id ?? "", userId: account.userId };
  await steppedUp(acting);
  return acting;
}

/** Steps a session up for acts of staff, by its row. */
export const steppedUp = ({ sessionId }: Acting) =>
  sql`INSERT INTO step_ups (session_id, action) VALUES (${sessionId}::uuid, 'administer') ON CONFLICT (session_id, action) DO UPDATE SET proven_at = app_now()`;

/** An account that is older than a week, so that nothing of it raises a flag but its browser. */
export async function oldAccount(): Promise<Account> {
  const account = await makeAccount();
  await addRecoveryCode(account.userId);
  await sql`UPDATE users SET created_at = app_now() - interval '100 days' WHERE id = ${account.userId}::uuid`;
  await sql`UPDATE authenticators SET verified_at = app_now() - interval '100 days' WHERE user_id = ${account.userId}::uuid`;
  return account;
}

/** The newest case of an account. */
export const caseOf = async ({ userId }: Account) => {
  const [row] = await sql<{ id: string; reference: string; state: string; flags: string[]; waitSeconds: number | null }>`
    SELECT id, reference, state, flags, wait_seconds FROM recovery_cases WHERE user_id = ${userId}::uuid ORDER BY requested_at DESC LIMIT 1`;
  if (!row) throw new Error("no case");
  return row;
};
/** Its state. */
export const stateOf = async (account: Account) => (await caseOf(account)).state;

/** The request of a person with the right password, proven by the code of the mail. */
export async function requestCase(account: Account, reason: CaseReason = "lost", from: object = requester): Promise<string> {
  const token = await passPassword(account);
  const opened = must(await beginLostPhone(token, { reason, note: "駅で落としました" }));
  const verified = must(await verifyChallenge(opened.token, { code: await codeOf(opened.token) }, { ...requester, ...from }));
  if (verified.next !== "lost_phone") throw new Error(`led to ${verified.next}`);
  return (await caseOf(account)).reference;
}

/** The codes of the newest notice of a case. */
export async function noticed(account: Account, template: string, channel: "EMAIL" | "SMS" = "EMAIL") {
  const stored = await sql<StoredNoticeCode & { messageId: string }>`
    SELECT n.id, n.kind, n.reference, n.sealed, n.message_id FROM notice_codes n
    WHERE n.message_id = (SELECT id FROM messages WHERE user_id = ${account.userId}::uuid AND template = ${template} AND channel = ${channel}::channel ORDER BY created_at DESC LIMIT 1)`;
  return openNoticeCodes(stored, account.userId);
}

/** Moves the clock and does what the time makes due. */
export const passTime = async (offset: number) => {
  await setClock(offset);
  while (!(await advanceCase()));
};
