import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { sql } from "#lib/db/sql";
import { readSession } from "#lib/sessions/read-session";
import type { SessionView } from "#lib/sessions/session";
import { steppedUpUntil } from "#lib/sessions/step-up";
import { hasStrongFactor, provenStrongly } from "#lib/staff/entry";
import { isStaff, mayDo, type StaffAct } from "#lib/staff/matrix";
import { readCookie, sessionCookie } from "#lib/web/cookies";
import { currentSession } from "#lib/web/session";
import { pageOf } from "#lib/web/step";

/** A member of staff on a page of the console; `until` is when the step-up for acts is over, or null. */
export type StaffSession = SessionView & { until: Date | null };

/** Staff of this request, read once; null for everybody else. */
const staffOfRequest = cache(async (): Promise<StaffSession | null> => {
  const session = await currentSession();
  if (!session || !isStaff(session.user.roles)) return null;
  return { ...session, until: await steppedUpUntil(sql, { sessionId: session.sessionId, userId: session.user.id }, "administer") };
});

/**
 * Returns the signed-in member of staff for a page of the console. Without a session or a role there is no such page. A role without a passkey or an
 * app is led to one, and a session that was not proven by one to its step-up (AD-02).
 */
export async function requireStaffPage(act: StaffAct): Promise<StaffSession> {
  const staff = await staffOfRequest();
  if (!staff) return notFound();
  if (staff.nextStep) redirect(pageOf(staff.nextStep));
  if (!(await hasStrongFactor(staff.user.id))) redirect("/account/factors?staff");
  if (!(await provenStrongly(staff))) redirect("/admin/enter");
  // A role that may not read this room gets the same answer as a visitor.
  return mayDo(staff.user.roles, act) ? staff : notFound();
}

/** Whether this request, which a page of the console made by itself, is of staff who may read this; it does not prolong their session. */
export async function staffWatches(act: StaffAct): Promise<boolean> {
  const token = await readCookie(sessionCookie());
  const session = token ? await readSession(token, { use: false }) : null;
  return session !== null && mayDo(session.user.roles, act) && !session.nextStep && (await provenStrongly(session));
}

/** The member of staff for the frame of the console; null where the page itself answers. */
export const staffOfFrame = (): Promise<StaffSession | null> => staffOfRequest().catch(() => null);
