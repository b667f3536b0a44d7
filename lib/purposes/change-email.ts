import { record } from "#lib/audit/record";
import { address } from "#lib/authenticators/addresses/authenticator";
import { shownEmail } from "#lib/authenticators/addresses/email";
import { noteChange } from "#lib/authenticators/changes";
import { OPEN_RACE } from "#lib/challenges/open";
import type { Guess, Purpose } from "#lib/challenges/port";
import { rollback, type Sql } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import { env } from "#lib/env";
import type { Refused } from "#lib/errors";
import { RECOVERY_ADDRESS_SECONDS } from "#lib/limits/policy";
import { accountOf } from "#lib/purposes/complete";
import type { Effect } from "#lib/purposes/effect";
import { endGuessingSession, goOnToChange } from "#lib/purposes/step-up";
import { fail, ok } from "#lib/result";
import { raiseEpoch } from "#lib/sessions/end-session";

/** The role of the proven address: the account's, or its second one for recovery. */
export const RECOVERY_ADDRESS = "recovery_address";

/** CHANGE_EMAIL: a code to a new address makes it the account's, or its second one; asked in a session after step-up. */
export const changeEmailPurpose: Purpose<Effect> = {
  name: "CHANGE_EMAIL",
  lifetime: () => env().OTP_TTL_SECONDS,
  accepts: ({ kind }) => kind === address.kind,
  ways: (subject) => address.offer(subject, null),
  afterPassword: false,
  whose: ({ accountEmail }) => ({ email: shownEmail(accountEmail ?? "") }),
  wording: {
    ja: "変更",
    en: "change",
    mail: {
      ja: {
        subject: "メールアドレスの確認の認証コード",
        before: "アカウントの画面で、このメールアドレスが入力されました。画面に戻って、次の認証コードを入力してください。",
        after: "お心当たりがない場合は、このメールを破棄してください。認証コードが入力されなければ、何も変わりません。",
      },
      en: {
        subject: "your verification code for this e-mail address",
        before: "This e-mail address was entered on an account page. Go back to that page and enter this verification code.",
        after: "If that was not you, delete this e-mail. Nothing changes unless the verification code is entered.",
      },
    },
  },
  page: { journey: "account", restart: "/account/email", proves: "address" },
  races: [OPEN_RACE, "users_email_key"],
  onLocked: endGuessingSession,
  async effect(tx, guess, _, requester) {
    const userId = accountOf(guess);
    // Codes mailed to an earlier address become invalid. Reset codes are locked before the account, as in every transaction.
    await tx`DELETE FROM reset_codes WHERE user_id = ${userId}::uuid`;
    // Locked for update now, as the change of the unique address needs it; raising the lock later could deadlock.
    if (guess.action !== RECOVERY_ADDRESS) await tx`SELECT 1 FROM users WHERE id = ${userId}::uuid FOR UPDATE`;
    const opened = await goOnToChange(tx, guess, requester);
    // A reset whose mailed code was proven ends too.
    await raiseEpoch(tx, userId);
    if (guess.action === RECOVERY_ADDRESS) await keepRecoveryAddress(tx, guess, userId);
    else opened.view.user.email = await changeAddress(tx, guess, userId);
    const event = guess.action === RECOVERY_ADDRESS ? ("recovery_address.added" as const) : ("email.changed" as const);
    await record(tx, { event, userId, challengeId: guess.challengeId, sessionId: guess.sessionId, ...requester });
    return ok({ kind: "same_session", opened, until: null, returnTo: guess.returnTo ?? "/account/email" });
  },
};

/** The new address is proven and becomes the account's; the notice to the old one explains how to undo that. */
async function changeAddress(tx: Sql, guess: Guess, userId: string): Promise<string> {
  const [before] = await tx<{ email: string; locale: string }>`SELECT email, locale FROM users WHERE id = ${userId}::uuid`;
  const email = guess.email ?? "";
  // Only the holder of the address, who has just proven it, learns that it has an account.
  const taken = await tx`SELECT 1 FROM users WHERE email = ${email} AND id <> ${userId}::uuid`;
  if (!before || taken.length > 0) return rollback(fail<Refused>({ code: "email_taken" }));
  await tx`UPDATE users SET email = ${email}, email_refused_at = NULL WHERE id = ${userId}::uuid`;
  await tx`DELETE FROM recovery_addresses WHERE user_id = ${userId}::uuid AND email = ${email}`;
  // Notices that are still queued go to the old mailbox, because the new one may be the attacker's.
  await tx`
    UPDATE messages SET recipient = ${before.email}
    WHERE user_id = ${userId}::uuid AND challenge_id IS NULL AND channel = 'EMAIL' AND recipient IS NULL AND status = 'queued'`;
  const change = await noteChange(tx, { userId, kind: "email_changed", oldEmail: before.email });
  await queueNotice(tx, { userId, template: "notice.email_changed", locale: before.locale, change, also: before.email });
  return email;
}

/** A second address serves recovery some days after its proof, so that a thief in a session cannot use it at once. */
async function keepRecoveryAddress(tx: Sql, { email, locale }: Guess, userId: string): Promise<void> {
  const [before] = await tx<{ email: string }>`SELECT email FROM recovery_addresses WHERE user_id = ${userId}::uuid`;
  await tx`
    INSERT INTO recovery_addresses (user_id, email, counts_from) VALUES (${userId}::uuid, ${email}, app_now() + make_interval(secs => ${RECOVERY_ADDRESS_SECONDS}::int))
    ON CONFLICT (user_id) DO UPDATE SET email = EXCLUDED.email, verified_at = app_now(), counts_from = EXCLUDED.counts_from`;
  await queueNotice(tx, {
    userId,
    template: "notice.recovery_address_added",
    locale,
    ...(before && before.email !== email ? { also: before.email } : {}),
  });
}
