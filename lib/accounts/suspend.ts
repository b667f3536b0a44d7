import { parseEmail } from "#lib/accounts/email";
import { type AuditEntry, record } from "#lib/audit/record";
import { type Sql, transaction } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/queue-notice";
import type { NoticeTemplate } from "#lib/delivery/texts";
import { fail, ok, type Result } from "#lib/result";
import { endAllSessions } from "#lib/sessions/end-session";

/** What an operator does to one account. `by` says in the audit log who did it; each act waits for the account as long as it takes. */

export type AccountProblem = "not_an_address" | "no_such_account";

/** What an act found: whether it changed the account, and how many sessions it ended. */
export type Acted = { changed: boolean; sessions: number };

type Account = { id: string; locale: string };

async function onAccount(typed: string, act: (tx: Sql, account: Account) => Promise<Acted>): Promise<Result<Acted, AccountProblem>> {
  const email = parseEmail(typed);
  if (!email) return fail("not_an_address");
  return transaction<Result<Acted, AccountProblem>>(
    async (tx) => {
      const [account] = await tx<Account>`SELECT id, locale FROM users WHERE email = ${email}`;
      return account ? ok(await act(tx, account)) : fail("no_such_account");
    },
    { patient: true },
  );
}

const note = (tx: Sql, event: AuditEntry["event"], { id }: Account, by: string) =>
  record(tx, { event, userId: id, method: by, ip: "", userAgent: "" });
const tell = (tx: Sql, template: NoticeTemplate, { id, locale }: Account) => queueNotice(tx, { userId: id, template, locale });

/**
 * Suspends an account: its sessions, known devices and everything begun end, and its right password is answered like a wrong one. Again
 * changes nothing. What was begun ends first, because challenges are locked before accounts everywhere.
 */
export const suspendAccount = (email: string, by: string): Promise<Result<Acted, AccountProblem>> =>
  onAccount(email, async (tx, account) => {
    const sessions = await endAllSessions(tx, account.id);
    const suspended =
      await tx`UPDATE users SET disabled_at = app_now() WHERE id = ${account.id}::uuid AND disabled_at IS NULL RETURNING id`;
    if (suspended.length === 0) return { changed: false, sessions };
    await note(tx, "account.suspended", account, by);
    await tell(tx, "notice.suspended", account);
    return { changed: true, sessions };
  });

/** Resumes a suspended account: it signs in with its password and a second factor, and no browser is known to it. */
export const resumeAccount = (email: string, by: string): Promise<Result<Acted, AccountProblem>> =>
  onAccount(email, async (tx, account) => {
    const resumed = await tx`UPDATE users SET disabled_at = NULL WHERE id = ${account.id}::uuid AND disabled_at IS NOT NULL RETURNING id`;
    if (resumed.length === 0) return { changed: false, sessions: 0 };
    await note(tx, "account.resumed", account, by);
    await tell(tx, "notice.resumed", account);
    return { changed: true, sessions: 0 };
  });

/** Ends every session of an account and every sign-in that has begun; the account itself stays as it is. */
export const endSessionsOf = (email: string, by: string): Promise<Result<Acted, AccountProblem>> =>
  onAccount(email, async (tx, account) => {
    const sessions = await endAllSessions(tx, account.id);
    await note(tx, "sessions.ended_by_operator", account, by);
    if (sessions > 0) await tell(tx, "notice.sessions_ended", account);
    return { changed: true, sessions };
  });
