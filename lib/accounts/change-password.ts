import { record } from "#lib/audit/record";
import { passwordProblem } from "#lib/authenticators/password/policy";
import { hashSecret } from "#lib/crypto/password-hash";
import { transaction } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import type { Refused } from "#lib/errors";
import { serviceNow } from "#lib/policy/service";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { type Changed, changeGuarded } from "#lib/sessions/guarded-change";
import { type Acting, requireStepUp } from "#lib/sessions/step-up";

/**
 * Changes the password in a session that stepped up for it; every other session, open challenge and known device ends, and this session goes on under
 * a new token (SE-03, SU-01). The step-up is checked before hashing to save work, and again in the transaction because it may have ended.
 */
export async function changePassword(
  acting: Acting & { email: string; locale: string },
  password: string,
  requester: Requester,
): Promise<Result<Changed<null>, Refused>> {
  const problem = passwordProblem(password, { email: acting.email, service: serviceNow().name });
  if (problem) return fail({ code: "invalid_input", fields: { password: problem } });
  const allowed = await transaction((tx) => requireStepUp(tx, acting, "change_password"));
  if (!allowed.ok) return allowed;
  const hash = await hashSecret(password, { key: requester.ip });
  const { userId, sessionId, locale } = acting;
  return changeGuarded(acting, requester, {
    action: "change_password",
    endsOthers: true,
    async make(tx) {
      await tx`UPDATE users SET password_hash = ${hash}, password_changed_at = app_now() WHERE id = ${userId}::uuid`;
      await record(tx, { event: "password.changed", userId, sessionId, ...requester });
      await queueNotice(tx, { userId, template: "notice.password_changed", locale });
      return ok(null);
    },
  });
}
