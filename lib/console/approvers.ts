import { sql } from "#lib/db/sql";
import type { StaffReason } from "#lib/errors";
import type { Role } from "#lib/staff/matrix";
import { isSoleAdministrator, listMembers, type Member } from "#lib/staff/people";

/** Whether one member of staff may approve a case, and why not; what `approveCase` refuses is said here before anything is pressed. */
export type Approver = {
  userId: string;
  subject: string;
  email: string;
  roles: Role[];
  /** Null for those who may approve. */
  why: Extract<StaffReason, "role" | "own_account" | "own_review" | "new_administrator"> | "suspended" | null;
  /** From when a new administrator may, ISO 8601. */
  from: string | null;
  /** The reviewer may approve too, because there is no other member of staff. */
  alone: boolean;
};

type Judged = { userId: string; reviewedBy: string | null };

/** Pure: why a member of staff may not approve a case of this account and this reviewer. */
export function whyNot(
  { userId, subject, disabled, roles, mayApproveAt }: Pick<Member, "userId" | "subject" | "disabled" | "mayApproveAt" | "roles">,
  judged: Judged,
  sole: boolean,
): Approver["why"] {
  if (disabled) return "suspended";
  if (!roles.includes("administrator")) return "role";
  if (userId === judged.userId) return "own_account";
  if (mayApproveAt !== null) return "new_administrator";
  return subject === judged.reviewedBy && !sole ? "own_review" : null;
}

/** All staff, with who may approve a case first. */
export async function approversOf(judged: Judged): Promise<Approver[]> {
  const members = await listMembers();
  const sole = judged.reviewedBy !== null && (await isSoleAdministrator(sql, judged.reviewedBy));
  const approvers = members.map((one): Approver => {
    const why = whyNot(one, judged, sole);
    const alone = why === null && one.subject === judged.reviewedBy;
    return { userId: one.userId, subject: one.subject, email: one.email, roles: one.roles, why, from: one.mayApproveAt, alone };
  });
  return approvers.sort((a, b) => Number(a.why !== null) - Number(b.why !== null));
}
