import { ownMethod } from "#lib/audit/own-method";
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
const STRANGERS = ["sign_in.password_wrong", "sign_in.refused", "reset.requested"];

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
  return events.map(({ event, method, at, userAgent, times }) => ({
    event,
    method: ownMethod(event, method),
    at: at.toISOString(),
    userAgent,
    times,
  }));
}

/** How many events one answer of the whole history has. */
const PAGE = 50;

/** Reads the history of an account by pages, newest first: events before a place, and the place to go on from (null at the end). */
export async function activityBefore(userId: string, before: string | null): Promise<{ events: Activity[]; next: string | null }> {
  const { auditSubject: subject } = await prisma().user.findUniqueOrThrow({ where: { id: userId }, select: { auditSubject: true } });
  const where = before === null ? { subject } : { subject, id: { lt: BigInt(before) } };
  const rows = await prisma().auditEvent.findMany({ where, orderBy: { id: "desc" }, take: PAGE + 1 });
  const shown = rows.slice(0, PAGE);
  const last = shown.at(-1);
  const events = shown.map(({ event, method, at, userAgent, times }) => ({
    event,
    method: ownMethod(event, method),
    at: at.toISOString(),
    userAgent,
    times,
  }));
  return { events, next: rows.length > PAGE && last ? String(last.id) : null };
}
