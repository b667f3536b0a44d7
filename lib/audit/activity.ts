import { prisma } from "#lib/db/prisma";

/** One line of an account's own history. */
export type Activity = { event: string; method: string | null; at: string; userAgent: string | null };

/** What anybody who knows an address can add to its account's history. */
const STRANGERS = "sign_in.password_wrong";

/** The latest events of one account, newest first; wrong passwords take a quarter at most, so that nobody pushes the others out of sight with them. */
export async function recentActivity(userId: string, take = 20): Promise<Activity[]> {
  const { auditSubject: subject } = await prisma().user.findUniqueOrThrow({ where: { id: userId }, select: { auditSubject: true } });
  const [own, strangers] = await Promise.all([
    prisma().auditEvent.findMany({ where: { subject, NOT: { event: STRANGERS } }, orderBy: { id: "desc" }, take }),
    prisma().auditEvent.findMany({ where: { subject, event: STRANGERS }, orderBy: { id: "desc" }, take: Math.ceil(take / 4) }),
  ]);
  const events = [...own, ...strangers].sort((a, b) => Number(b.id - a.id)).slice(0, take);
  return events.map(({ event, method, at, userAgent }) => ({ event, method, at: at.toISOString(), userAgent }));
}
