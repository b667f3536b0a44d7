import { beginLostPhone } from "#lib/accounts/lost-phone";
import { sql, transaction } from "#lib/db/sql";
import { openNoticeCodes, type StoredNoticeCode } from "#lib/delivery/wording/notice-codes";
import { verifyChallenge } from "#lib/purposes/challenges";
import type { CaseReason } from "#lib/recovery/case";
import { approveCase, reviewCase } from "#lib/recovery/decide";
import { advanceCase } from "#lib/recovery/progress";
import { lockCase } from "#lib/recovery/rows";
import { type Account, addRecoveryCode, codeOf, makeAccount, must, passPassword, requester, setClock } from "#lib/testing/fixtures";

/** Lost-phone cases for tests that are about their person: decided by hand, without staff. */

/** An account of which nothing raises a flag but an unknown browser. */
export async function oldAccount(): Promise<Account> {
  const account = await makeAccount();
  await addRecoveryCode(account.userId);
  await sql`UPDATE users SET created_at = app_now() - interval '100 days' WHERE id = ${account.userId}::uuid`;
  await sql`UPDATE authenticators SET verified_at = app_now() - interval '100 days' WHERE user_id = ${account.userId}::uuid`;
  return account;
}

/** Requests a case with the right password and the code of the mail; the token of the challenge that requested it, and the reference. */
export async function requestCase(
  account: Account,
  reason: CaseReason = "new_contract",
  from: object = {},
): Promise<{ token: string; reference: string }> {
  const opened = must(await beginLostPhone(await passPassword(account), { reason, note: "駅で落としました" }));
  const verified = must(await verifyChallenge(opened.token, { code: await codeOf(opened.token) }, { ...requester, ...from }));
  if (verified.next !== "lost_phone") throw new Error(verified.next);
  return { token: opened.token, reference: verified.request.reference };
}

const byHand = { author: { subject: null, by: "test" }, reason: "by hand" };

/** Reviews and approves the open case of an account. */
export const approveByHand = ({ userId }: Account): Promise<void> =>
  transaction(async (tx) => {
    const requested = await lockCase(tx, { userId });
    if (requested) must(await reviewCase(tx, requested, { ...byHand, checks: ["history"] }));
    const reviewed = await lockCase(tx, { userId });
    if (reviewed) must(await approveCase(tx, reviewed, byHand));
  });

/** Moves the clock and lets the time do its work. */
export async function passTime(seconds: number): Promise<void> {
  await setClock(seconds);
  while (!(await advanceCase()));
}

/** A case whose wait is over, and the code that its mail carries. */
export async function readyCase(account: Account): Promise<{ reference: string; code: string }> {
  const { reference } = await requestCase(account);
  await approveByHand(account);
  await passTime(4 * 86_400);
  return { reference, code: (await noticed(account, "notice.case_ready")).recoveryCode ?? "" };
}

/** The codes of the newest notice of a template. */
export async function noticed({ userId }: Account, template: string, channel: "EMAIL" | "SMS" = "EMAIL") {
  const stored = await sql<StoredNoticeCode & { messageId: string }>`
    SELECT n.id, n.kind, n.reference, n.sealed, n.message_id FROM notice_codes n
    WHERE n.message_id = (SELECT id FROM messages WHERE user_id = ${userId}::uuid AND template = ${template} AND channel = ${channel}::channel ORDER BY created_at DESC LIMIT 1)`;
  return openNoticeCodes(stored, userId);
}

/** The state of the newest case of an account. */
export async function stateOfCase({ userId }: Account): Promise<{ state: string; flags: string[] }> {
  const [row] = await sql<{ state: string; flags: string[] }>`
    SELECT state, flags FROM recovery_cases WHERE user_id = ${userId}::uuid ORDER BY requested_at DESC LIMIT 1`;
  if (!row) throw new Error("no case");
  return row;
}
