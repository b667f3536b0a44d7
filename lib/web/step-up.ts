import { sql } from "#lib/db/sql";
import type { SessionView } from "#lib/sessions/session";
import { type Acting, restrictionOf, type StepUpAction, steppedUpUntil } from "#lib/sessions/step-up";

/** The person of a session, as guarded acts take it. */
export const actingOf = ({ sessionId, user }: SessionView): Acting & { email: string; locale: "ja" | "en" } => ({
  sessionId,
  userId: user.id,
  email: user.email,
  locale: user.locale === "en" ? "en" : "ja",
});

/** The state of a page of guarded acts: open until a moment, or why not; each use case checks again. */
export type Gate = { open: true; until: Date } | { open: false; restriction: { until: string | null } | null };

/** Reads the gate of a class of acts for a page. */
export async function gateOf(session: SessionView, action: StepUpAction): Promise<Gate> {
  const acting = actingOf(session);
  const [until, restriction] = await Promise.all([steppedUpUntil(sql, acting, action), restrictionOf(acting.userId)]);
  return until && !restriction ? { open: true, until } : { open: false, restriction };
}
