import { sql } from "#lib/db/sql";
import type { StaffReason } from "#lib/errors";
import type { Role } from "#lib/staff/matrix";
import { isOwnReviewer, isSoleAdministrator, listMembers, type Member } from "#lib/staff/people";

/** Whether one member of staff may approve a case, and why not; what `approveCase` refuses is said here before anything is pressed. */
export type Approver = {
  userId: string;
  email: string;
  roles: Role[];
  /** Null for those who may approve. */
  why: Extract<StaffReason, "role" | "own_account" | "own_review" | "new_administrator"> | "own_reviewer" | "suspended" | null;
  /** From when a new administrator may, ISO 8601. */
  from: string | null;
  /** The reviewer may approve too, because there is no other member of staff. */
  alone: boolean;
};

type Judged = { userId: string; reviewedBy: string | null };

async function whyNot({ userId, subject, disabled, roles, mayApproveAt }: Member, judged: Judged): Promise<Approver["why"]> {
  if (disabled) return "suspended";
  if (!roles.includes("administrator")) return "role";
  if (userId === judged.userId) return "own_account";
  // What waiting does not change comes first, so that only those who may approve soon are told from when.
  if (subject === judged.reviewedBy) return (await isSoleAdministrator(sql, subject)) ? null : "own_review";
  if (judged.reviewedBy !== null && (await isOwnReviewer(sql, judged.reviewedBy, subject))) return "own_reviewer";
  return mayApproveAt === null ? null : "new_administrator";
}

/** Pure: of the administrators who may approve after their first days alone, the one who may first. */
export const nextApprover = (approvers: readonly Approver[]): Approver | null =>
  approvers.filter(({ why }) => why === "new_administrator").sort((a, b) => (a.from ?? "").localeCompare(b.from ?? ""))[0] ?? null;

/** All staff, with who may approve a case first. */
export async function approversOf(judged: Judged): Promise<Approver[]> {
  const approvers: Approver[] = [];
  for (const one of await listMembers()) {
    const why = await whyNot(one, judged);
    const alone = why === null && one.subject === judged.reviewedBy;
    approvers.push({ userId: one.userId, email: one.email, roles: one.roles, why, from: one.mayApproveAt, alone });
  }
  return approvers.sort((a, b) => Number(a.why !== null) - Number(b.why !== null));
}
