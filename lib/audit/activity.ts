import { prisma } from "#lib/db/prisma";

/** One line of an account's own history. */
export type Activity = {
  event: string;
  method: string | null;
  at: string;
  userAgent: string | null;
  /** How often it happened within its minute; 1 but for refusals. */
  times: number;
};

/** What a stranger who knows an address can add to its account's history. */
const STRANGERS = ["sign_in.password_wrong", "sign_in.refused"];

/** The latest events of one account, newest first; what strangers cause takes a quarter at most, so that it never pushes the rest out of sight. */
export async function recentActivity(userId: string, take = 20): Promise<Activity[]> {
  const { auditSubject: subject } = await prisma().user.findUniqueOrThrow({ where: { id: userId }, select: { auditSubject: true } });
  const [own, strangers] = await Promise.all([
    prisma().auditEvent.findMany({ where: { subject, event: { notIn: STRANGERS } }, orderBy: { id: "desc" }, take }),
    prisma().auditEvent.findMany({ where: { subject, event: { in: STRANGERS } }, orderBy: { id: "desc" }, take: Math.ceil(take / 4) }),
  ]);
  const events = [...own, ...strangers].sort((a, b) => Number(b.id - a.id)).slice(0, take);
  return events.map(({ event, method, at, userAgent, times }) => ({ event, method, at: at.toISOString(), userAgent, times }));
}
