import { transactionOn } from "#lib/db/in-line";
import { rollback, type Sql } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { endOtherSessionsIn, raiseEpoch } from "#lib/sessions/end-session";
import type { OpenedSession } from "#lib/sessions/open-session";
import { rotateSession } from "#lib/sessions/rotate-session";
import { type Acting, requireStepUp, type StepUpAction } from "#lib/sessions/step-up";

/** What a change gave, and the session that made it, under its new token. */
export type Changed<T> = { value: T; opened: OpenedSession };

type Change<T> = {
  action: StepUpAction;
  /** Whether every other session ends with it. */
  endsOthers?: boolean;
  make(tx: Sql): Promise<Result<T, Refused>>;
};

/**
 * Changes what proves an account, in a session that stepped up for it (SU-01). Sign-ins and resets that were begun before end, because they may rest on
 * what is changed, and the session goes on under a new token (SE-03). A refused change changes nothing.
 */
export async function changeGuarded<T>(
  acting: Acting,
  requester: Requester,
  { action, endsOthers = false, make }: Change<T>,
): Promise<Result<Changed<T>, Refused>> {
  const { userId, sessionId } = acting;
  return transactionOn(userId, async (tx): Promise<Result<Changed<T>, Refused>> => {
    // Challenges and reset codes are locked before the account, as everywhere.
    if (endsOthers) await endOtherSessionsIn(tx, userId, sessionId, requester);
    else await tx`DELETE FROM reset_codes WHERE user_id = ${userId}::uuid`;
    const allowed = await requireStepUp(tx, acting, action);
    if (!allowed.ok) return rollback(allowed);
    const made = await make(tx);
    if (!made.ok) return rollback(made);
    await raiseEpoch(tx, userId);
    const opened = await rotateSession(tx, acting, requester);
    return opened ? ok({ value: made.value, opened }) : rollback(fail<Refused>({ code: "unauthenticated" }));
  });
}
