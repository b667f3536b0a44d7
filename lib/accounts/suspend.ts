import { type AuditEntry, record } from "#lib/audit/record";
import { parseEmail } from "#lib/authenticators/addresses/email";
import { type Sql, transaction } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import type { NoticeTemplate } from "#lib/delivery/wording/notices";
import { fail, ok, type Result } from "#lib/result";
import { endAllSessions } from "#lib/sessions/end-session";
import { isStaff } from "#lib/staff/matrix";
import { isLastAdministrator, tellStaff } from "#lib/staff/people";

/**
 * What staff and commands do to one account; `by` names their author in the audit log. A command names the account by its address and waits for its
 * lock without a time limit.
 */

export type AccountProblem = "not_an_address" | "no_such_account" | "last_administrator";

/** The result of a command: whether it changed the account, and how many sessions it ended. */
export type Acted = { changed: boolean; sessions: number };

/** An account that is acted on. */
export type ActedOn = { id: string; locale: string };

type Act = (tx: Sql, account: ActedOn, by: string) => Promise<Acted | "last_administrator">;

async function onAccount(typed: string, by: string, act: Act): Promise<Result<Acted, AccountProblem>> {
  const email = parseEmail(typed);
  if (!email) return fail("not_an_address");
  return transaction<Result<Acted, AccountProblem>>(
    async (tx) => {
      const [account] = await tx<ActedOn>`SELECT id, locale FROM users WHERE email = ${email}`;
      if (!account) return fail("no_such_account");
      const acted = await act(tx, account, by);
      return typeof acted === "string" ? fail(acted) : ok(acted);
    },
    { patient: true },
  );
}

const note = (tx: Sql, event: AuditEntry["event"], { id }: ActedOn, by: string) =>
  record(tx, { event, userId: id, method: by, ip: "", userAgent: "" });
const tell = (tx: Sql, template: NoticeTemplate, { id, locale }: ActedOn) => queueNotice(tx, { userId: id, template, locale });

/**
 * Suspends an account: ends its sessions, known devices and open challenges, and rejects its password like a wrong one; idempotent. Challenges end
 * first, because every transaction locks challenges before accounts. The last administrator cannot be suspended.
 */
export async function suspend(tx: Sql, account: ActedOn, by: string): Promise<Acted | "last_administrator"> {
  if (await isLastAdministrator(tx, account.id)) return "last_administrator";
  const sessions = await endAllSessions(tx, account.id);
  const [suspended] = await tx<{
    roles: string[];
  }>`UPDATE users SET disabled_at = app_now() WHERE id = ${account.id}::uuid AND disabled_at IS NULL RETURNING roles`;
  if (!suspended) return { changed: false, sessions };
  await note(tx, "account.suspended", account, by);
  if (isStaff(suspended.roles)) await tellStaff(tx, account.id);
  await tell(tx, "notice.suspended", account);
  return { changed: true, sessions };
}

/** Resumes a suspended account: it signs in with its password and a second factor, and has no known device. */
export async function resume(tx: Sql, account: ActedOn, by: string): Promise<Acted> {
  const [resumed] = await tx<{ roles: string[] }>`
    UPDATE users SET disabled_at = NULL WHERE id = ${account.id}::uuid AND disabled_at IS NOT NULL AND closed_at IS NULL RETURNING roles`;
  if (!resumed) return { changed: false, sessions: 0 };
  await note(tx, "account.resumed", account, by);
  if (isStaff(resumed.roles)) await tellStaff(tx, account.id);
  await tell(tx, "notice.resumed", account);
  return { changed: true, sessions: 0 };
}

/** Ends every session and every open sign-in of an account and changes nothing else of it. */
export async function endSessions(tx: Sql, account: ActedOn, by: string): Promise<Acted> {
  const sessions = await endAllSessions(tx, account.id);
  await note(tx, "sessions.ended_by_operator", account, by);
  if (sessions > 0) await tell(tx, "notice.sessions_ended", account);
  return { changed: true, sessions };
}

/** The same by commands, for an address that was typed. */
export const suspendAccount = (email: string, by: string): Promise<Result<Acted, AccountProblem>> => onAccount(email, by, suspend);
export const resumeAccount = (email: string, by: string): Promise<Result<Acted, AccountProblem>> => onAccount(email, by, resume);
export const endSessionsOf = (email: string, by: string): Promise<Result<Acted, AccountProblem>> => onAccount(email, by, endSessions);
