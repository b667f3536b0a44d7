import { openNextStep } from "#lib/accounts/after-first-factor";
import { readDetails } from "#lib/accounts/details";
import { isPasswordUnusable } from "#lib/accounts/force-reset";
import { record } from "#lib/audit/record";
import type { OpenedChallenge } from "#lib/challenges/challenge";
import { type Sql, sql } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import { naming } from "#lib/limits/subject";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { endSessionIn } from "#lib/sessions/end-session";
import { deviceOf } from "#lib/sessions/known-device";
import type { SocialIdentity } from "#lib/social/identity";
import { onOurClock } from "#lib/social/request";

/** An account found by its link, and its epoch at that moment. */
type Linked = { id: string; epoch: number };

/**
 * Goes on after a sign-in at LINE or Google exactly as after a right password, always to the second factor: a trusted device skips it after the password
 * alone. An identity that is not linked, a suspended account, and one that has to set a new password are refused alike (`credentials_wrong`); no address is
 * looked at.
 */
export async function signInFederated(
  { provider, subject, authTime }: SocialIdentity,
  returnTo: string | null,
  requester: Requester,
): Promise<Result<OpenedChallenge, Refused>> {
  const { ip, userAgent } = requester;
  // The epoch is read with the link: one that is removed from here on opens nothing.
  const [linked] = await sql<Linked>`
    UPDATE linked_logins l SET last_used_at = app_now() FROM users u
    WHERE l.provider = ${provider} AND l.subject = ${subject} AND u.id = l.user_id AND u.disabled_at IS NULL RETURNING u.id, u.epoch`;
  const details = linked ? await readDetails(linked.id) : null;
  // Staff who made the password unusable mean everything that replaces it, until its owner sets a new one.
  if (!linked || !details || (await isPasswordUnusable(sql, linked.id))) {
    await record(sql, { event: "sign_in.federated_unknown", method: provider, ip, userAgent });
    return fail({ code: "credentials_wrong" });
  }
  const account = { ...details, ...linked, deviceId: await deviceOf(linked.id, requester.deviceToken), typedEmail: null };
  const federated = { by: provider, at: await onOurClock(authTime) };
  const accepted = (tx: Sql, challengeId: string) =>
    Promise.all([
      requester.sessionToken ? endSessionIn(tx, requester.sessionToken, requester) : null,
      record(tx, { event: "sign_in.federated_right", userId: linked.id, challengeId, method: provider, ip, userAgent }),
    ]);
  return ok(await openNextStep({ account, returnTo, federated, name: await naming() }, requester, accepted));
}
