import { prisma } from "#lib/db/prisma";

/** One line of an account's own history. */
type Activity = {
  event: string;
  method: string | null;
  at: string;
  userAgent: string | null;
  /** Number of occurrences within its minute; 1 except for refusals. */
  times: number;
};

/** Events that an attacker who knows an address can add to the account's history. */
const STRANGERS = ["sign_in.password_wrong", "sign_in.refused"];

/**
 * Reads the latest events of one account, newest first; events that attackers can cause take at most a quarter, so that they cannot push out the
 * rest.
 */
export async function recentActivity(userId: string, take = 20): Promise<Activity[]> {
  const { auditSubject: subject } = await prisma().user.findUniqueOrThrow({ where: { id: userId }, select: { auditSubject: true } });
  const [own, strangers] = await Promise.all([
    prisma().auditEvent.findMany({ where: { subject, event: { notIn: STRANGERS } }, orderBy: { id: "desc" }, take }),
    prisma().auditEvent.findMany({ where: { subject, event: { in: STRANGERS } }, orderBy: { id: "desc" }, take: Math.ceil(take / 4) }),
  ]);
  const events = [...own, ...strangers].sort((a, b) => Number(b.id - a.id)).slice(0, take);
  return events.map(({ event, method, at, userAgent, times }) => ({ event, method, at: at.toISOString(), userAgent, times }));
}
