import { prisma } from "#lib/db/prisma";

/** One line of an account's own history. */
export type Activity = { event: string; method: string | null; at: string; userAgent: string | null };

/** The latest events of one account, newest first. */
export async function recentActivity(userId: string, take = 20): Promise<Activity[]> {
  const user = await prisma().user.findUniqueOrThrow({ where: { id: userId }, select: { auditSubject: true } });
  const events = await prisma().auditEvent.findMany({ where: { subject: user.auditSubject }, orderBy: { id: "desc" }, take });
  return events.map(({ event, method, at, userAgent }) => ({ event, method, at: at.toISOString(), userAgent }));
}
