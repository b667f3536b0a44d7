import { transaction } from "#lib/db/sql";
import { cancelOpenCase, freezeOpenCase } from "#lib/recovery/end-case";
import { lockCase } from "#lib/recovery/rows";
import type { Requester } from "#lib/requester";
import { endOtherSessionsIn } from "#lib/sessions/end-session";
import type { SessionView } from "#lib/sessions/session";

/** What a live session may do to the lost-phone case of its account, which another browser requested. */

/** The second factors that are not the phone: a session of one of these is its owner's. */
const APART = ["hwk", "otp"];

/** Whether a session cancels the case; one that a text, a call or a code on paper proved only freezes it, since that may be the stolen thing. */
export const cancelsCase = ({ amr }: Pick<SessionView, "amr">): boolean => APART.some((word) => amr.includes(word));

/**
 * Stops the open case of a session's account, as the code of a notice does: cancelled, or frozen until staff decide. Every other session ends, and what
 * was begun elsewhere; this one goes on. Returns what became of the case; null where none was open.
 */
export async function stopOwnCase(
  session: Pick<SessionView, "sessionId" | "user" | "amr">,
  requester: Requester,
): Promise<"cancelled" | "frozen" | null> {
  const { sessionId, user } = session;
  return transaction(async (tx) => {
    // Challenges are locked before the account, and the account before its case.
    await endOtherSessionsIn(tx, user.id, sessionId, requester);
    if (cancelsCase(session)) return (await cancelOpenCase(tx, user.id, requester)) ? "cancelled" : null;
    const open = await lockCase(tx, { userId: user.id });
    if (!open || open.state === "frozen") return open && "frozen";
    await freezeOpenCase(tx, user.id, "session", requester);
    return "frozen";
  });
}
