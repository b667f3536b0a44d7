import { record } from "#lib/audit/record";
import { parseEmail } from "#lib/authenticators/addresses/email";
import { takeMailLimit } from "#lib/authenticators/addresses/mail-share";
import { targetOf } from "#lib/authenticators/addresses/target";
import type { OpenedChallenge } from "#lib/challenges/challenge";
import { OPEN_RACE, openChallenge } from "#lib/challenges/open";
import { transactionOn } from "#lib/db/in-line";
import { retryOn, rollback } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import { isMailStopped } from "#lib/delivery/stops";
import { type Refused, SENDING_STOPPED, tooManySends } from "#lib/errors";
import { changeEmailPurpose as purpose, RECOVERY_ADDRESS } from "#lib/purposes/change-email";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { type Changed, changeGuarded } from "#lib/sessions/guarded-change";
import { type Acting, requireStepUp } from "#lib/sessions/step-up";

type Input = { email: string; as?: "address" | "recovery"; returnTo?: string | null };

/**
 * Sends a code to the address that a stepped-up session names: for the account, or as its second one for recovery (NIST SP 800-63B-4 4.2). Whether
 * the address has an account is not revealed before its code is proven (EN-01).
 */
export async function beginEmailChange(
  acting: Acting & { email: string; locale: string },
  { email: typed, as = "address", returnTo = null }: Input,
  requester: Requester,
): Promise<Result<OpenedChallenge, Refused>> {
  const email = parseEmail(typed);
  if (!email || email === acting.email) return fail({ code: "invalid_input", fields: { email: "email_invalid" } });
  if (await isMailStopped()) return fail(SENDING_STOPPED);
  const { userId, sessionId, locale } = acting;
  return retryOn([OPEN_RACE], () =>
    transactionOn(userId, async (tx): Promise<Result<OpenedChallenge, Refused>> => {
      const asked = { sessionId, ...(as === "recovery" ? { action: RECOVERY_ADDRESS } : {}) };
      const opened = await openChallenge(tx, {
        purpose,
        userId,
        locale,
        returnTo,
        asked,
        claim: { email, passwordHash: null },
        target: targetOf(email),
      });
      const allowed = await requireStepUp(tx, acting, "change_email");
      if (!allowed.ok) return rollback(allowed);
      const full = await takeMailLimit(tx, { email, userId });
      await record(tx, { event: "challenge.sent", userId, challengeId: opened.challengeId, sessionId, method: "email", ...requester });
      return full ? rollback(fail(tooManySends(full.retryAfter))) : ok(opened);
    }),
  );
}

/** Removes the second address of an account, in a session that stepped up for it; idempotent. */
export async function removeRecoveryAddress(
  acting: Acting & { locale: string },
  requester: Requester,
): Promise<Result<Changed<null>, Refused>> {
  const { userId, sessionId, locale } = acting;
  return changeGuarded(acting, requester, {
    action: "change_email",
    async make(tx) {
      // Queued before the address is removed, so that the address gets the notice too.
      const [there] = await tx`SELECT 1 FROM recovery_addresses WHERE user_id = ${userId}::uuid`;
      if (!there) return ok(null);
      await queueNotice(tx, { userId, template: "notice.recovery_address_removed", locale });
      await tx`DELETE FROM recovery_addresses WHERE user_id = ${userId}::uuid`;
      await record(tx, { event: "recovery_address.removed", userId, sessionId, ...requester });
      return ok(null);
    },
  });
}
