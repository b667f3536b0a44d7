import { rollback, type Sql, transaction } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { type Acting, requireStepUp } from "#lib/sessions/step-up";
import { lockStaff } from "#lib/staff/lock";
import { isStaff, mayDo, type StaffAct } from "#lib/staff/matrix";

/** A member of staff who acts: `by` is how the audit log names the author, with the reason. */
export type Staff = { userId: string; subject: string; roles: string[]; by: string };

/** The author of an act for the audit log; a reason stands in brackets. */
export const byStaff = (subject: string, reason?: string): string => `staff:${subject}${reason ? ` (${reason})` : ""}`;

/** What an act is about, and why. `userId` is the account that it concerns, which is never the actor's own (J04). */
export type ActAbout = { act: StaffAct; userId?: string | null; reason?: string };

/** Acts that may change who is staff; they wait for each other before they lock an account. */
const CHANGES_STAFF: readonly StaffAct[] = ["people.grant", "people.revoke", "users.suspend"];

/**
 * Refuses an act of the console unless the session stepped up for it and the account has a role that the matrix lets do it, as it is now: a role taken
 * away a moment ago counts. Refusals: those of `requireStepUp`, `not_found` without a role, `not_allowed` with a `reason`.
 */
export async function requireStaff(tx: Sql, acting: Acting, { act, userId, reason }: ActAbout): Promise<Result<Staff, Refused>> {
  if (CHANGES_STAFF.includes(act)) await lockStaff(tx);
  const stepped = await requireStepUp(tx, acting, "administer");
  const [staff] = await tx<{ subject: string; roles: string[] }>`
    SELECT audit_subject AS subject, roles FROM users WHERE id = ${acting.userId}::uuid AND disabled_at IS NULL`;
  // A person without a role learns nothing of the console.
  if (!staff || !isStaff(staff.roles)) return fail({ code: "not_found" });
  if (!stepped.ok) return stepped;
  if (!mayDo(staff.roles, act)) return fail({ code: "not_allowed", reason: "role" });
  if (userId === acting.userId) return fail({ code: "not_allowed", reason: "own_account" });
  return ok({ userId: acting.userId, ...staff, by: byStaff(staff.subject, reason) });
}

/** Runs an act of the console in one transaction with its guard; a refusal of the act undoes it. */
export const actAsStaff = <T>(
  acting: Acting,
  about: ActAbout,
  run: (tx: Sql, staff: Staff) => Promise<Result<T, Refused>>,
): Promise<Result<T, Refused>> =>
  transaction(async (tx): Promise<Result<T, Refused>> => {
    const staff = await requireStaff(tx, acting, about);
    if (!staff.ok) return staff;
    const done = await run(tx, staff.value);
    return done.ok ? done : rollback(done);
  });

/** Whose session asks, as acts of the console take it. */
export type StaffRequest = { acting: Acting; requester: Requester };
