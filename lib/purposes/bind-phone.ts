import { record } from "#lib/audit/record";
import { shownEmail } from "#lib/authenticators/addresses/email";
import { phone } from "#lib/authenticators/phones/authenticator";
import { claimNumber, SLOT_RACE } from "#lib/authenticators/phones/claim";
import { OPEN_RACE } from "#lib/challenges/open";
import type { Guess, Purpose } from "#lib/challenges/port";
import { rollback, type Sql } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import type { Refused } from "#lib/errors";
import { BIND_PHONE_SECONDS } from "#lib/limits/policy";
import { accountOf, clearFailures, completeSignIn } from "#lib/purposes/complete";
import type { Effect } from "#lib/purposes/effect";
import type { Requester } from "#lib/requester";
import { fail, type Result } from "#lib/result";

/** BIND_PHONE: a code to a number that the account names binds it; until a number is named, the challenge waits without a way. */
export const bindPhonePurpose: Purpose<Effect> = {
  name: "BIND_PHONE",
  lifetime: () => BIND_PHONE_SECONDS,
  accepts: ({ kind }) => kind === phone.kind,
  ways: (subject) =>
    subject.authenticators
      .filter(({ id, disabled }) => id === subject.currentAuthenticatorId && !disabled)
      .flatMap((pending) => phone.offer(subject, pending)),
  afterPassword: false,
  whose: ({ email, accountEmail }) => ({ email: shownEmail(email ?? accountEmail ?? "") }),
  wording: { ja: "電話の登録", en: "phone" },
  page: { journey: "sign-up", restart: "/sign-in", proves: "number" },
  races: [OPEN_RACE, SLOT_RACE],
  async effect(tx, guess, proof, requester) {
    const userId = accountOf(guess);
    if (!guess.authenticatorId) return rollback(fail<Refused>({ code: "challenge_missing" }));
    const claim = await claimNumber(tx, userId, guess.authenticatorId);
    if (claim === "taken") return giveNumberBack(tx, guess, userId, requester);
    await record(tx, { event: "phone.bound", userId, challengeId: guess.challengeId, ...requester });
    await queueNotice(tx, { userId, template: "notice.phone_bound", locale: guess.locale });
    // The first browser of an account is not a new one.
    return completeSignIn(tx, guess, proof, requester, { newDevice: false });
  },
};

/** The number is proven but held elsewhere: the challenge goes back to waiting for a number, its attempts stay spent. */
async function giveNumberBack(tx: Sql, guess: Guess, userId: string, requester: Requester): Promise<Result<Effect, Refused>> {
  await clearFailures(tx, guess, userId);
  await tx`DELETE FROM authenticators WHERE id = ${guess.authenticatorId}::uuid AND verified_at IS NULL`;
  await tx`UPDATE challenges SET consumed_at = NULL, current_authenticator_id = NULL, current_channel = NULL WHERE id = ${guess.challengeId}::uuid`;
  await record(tx, { event: "phone.taken", userId, challengeId: guess.challengeId, ...requester });
  return fail({ code: "number_taken" });
}
