import { prepareRecoveryCodes } from "#lib/authenticators/recovery-codes/recovery-codes";
import type { Federated, Guess, Proof } from "#lib/challenges/port";
import { rollback, type Sql } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import type { Refused } from "#lib/errors";
import { HARD_CAP } from "#lib/limits/policy";
import { giveBackSends } from "#lib/limits/take";
import type { Effect } from "#lib/purposes/effect";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { endSessionIn } from "#lib/sessions/end-session";
import { keepDevice } from "#lib/sessions/known-device";
import { openSession } from "#lib/sessions/open-session";
import type { Amr } from "#lib/sessions/session";
import { endTrustedDevices } from "#lib/sessions/trusted-device";

/** What a challenge hands on to the next one of the same sign-in: who proved the first factor in place of the password. */
export const federatedOf = ({ federatedBy, federatedAt }: Guess): Federated | null =>
  federatedBy === null ? null : { by: federatedBy, at: federatedAt };

/** The account of a challenge whose effect needs one. */
export function accountOf({ userId }: Guess): string {
  if (!userId) throw new Error("a challenge without an account has no such effect");
  return userId;
}

/**
 * Clears the streaks of the account and the known device, the counter of the authenticator used and no other (RL-08), the doubt about its number,
 * the account's unproven sends, and the hits of this guess; an authenticator that this right guess disabled at HARD_CAP is enabled again. Locks the account's row; returns false when the account has
 * ended earlier challenges (its epoch rose, or it was disabled).
 */
export async function clearFailures(tx: Sql, guess: Guess, userId: string): Promise<boolean> {
  const cleared = tx`
    WITH cleared AS (
      UPDATE users SET factor_failures = 0, locked_until = NULL
      WHERE id = ${userId}::uuid AND epoch = ${guess.epoch}::int AND disabled_at IS NULL RETURNING id
    ), device AS (
      UPDATE known_devices SET factor_failures = 0, locked_until = NULL
      WHERE id = ${guess.deviceId}::uuid AND user_id = ${userId}::uuid AND factor_failures > 0 AND EXISTS (SELECT 1 FROM cleared) RETURNING id
    ), authenticator AS (
      UPDATE authenticators SET failures = 0, last_used_at = app_now(),
        disabled_at = CASE WHEN NOT ${guess.authenticatorFailures === HARD_CAP}::boolean THEN disabled_at END
      WHERE id = ${guess.authenticatorId}::uuid AND user_id = ${userId}::uuid AND (SELECT count(*) FROM cleared) + (SELECT count(*) FROM device) > 0
    ), reached AS (
      UPDATE phones SET doubted_at = NULL WHERE id = ${guess.authenticatorId}::uuid AND doubted_at IS NOT NULL AND EXISTS (SELECT 1 FROM cleared))
    SELECT id FROM cleared`;
  const [rows] = await Promise.all([cleared, giveBackSends(tx, userId, guess.hitIds)]);
  return rows.length > 0;
}

/**
 * Opens the session of a proven second factor with all that belongs to it, sent together: the account's row first, then the sessions and devices.
 * `newDevice: false` sends no notice of a new browser; `alone` means that no password was typed, and leaves `pwd` out of amr.
 */
export async function completeSignIn(
  tx: Sql,
  guess: Guess,
  { amr, userVerified }: Proof,
  requester: Requester,
  { newDevice, alone = false }: { newDevice: boolean; alone?: boolean },
): Promise<Result<Effect, Refused>> {
  const userId = accountOf(guess);
  if (amr === null) throw new Error("an address proves no second factor");
  const words: Amr[] = [
    ...(alone ? [] : [guess.federatedBy === null ? ("pwd" as const) : ("fed" as const)]),
    amr,
    ...(userVerified ? (["user"] as const) : []),
  ];
  const [current, , opened, { tell, ...device }] = await Promise.all([
    clearFailures(tx, guess, userId),
    requester.sessionToken ? endSessionIn(tx, requester.sessionToken, requester) : null,
    openSession(tx, {
      userId,
      challengeId: guess.challengeId,
      amr: words,
      authenticatorId: guess.authenticatorId,
      requester,
    }),
    keepDevice(tx, userId, requester),
    // A sign-in keeps the address; the statement runs after the account's row is locked.
    tx`DELETE FROM address_releases WHERE user_id = ${userId}::uuid`,
  ]);
  // A sign-in by a recovery code indicates a loss, so the account's trusted devices end (TD-02).
  if (amr === "rc") await endTrustedDevices(tx, userId);
  if (!current || !opened) return rollback(fail<Refused>({ code: "challenge_expired" }));
  // A rule may have barred this kind after the code was sent or the page was drawn (PSTN-08).
  if (opened.barred.includes(guess.kind ?? "")) return rollback(fail<Refused>({ code: "method_not_available" }));
  // After sign-up, and after a restored backup whose codes were ended.
  if (opened.view.nextStep === "save_recovery_codes") await prepareRecoveryCodes(tx, userId, requester);
  if (tell && newDevice) await queueNotice(tx, { userId, template: "notice.new_device", locale: guess.locale });
  return ok({ kind: "session", opened, device, returnTo: guess.returnTo });
}
