import { record } from "#lib/audit/record";
import { shownEmail } from "#lib/authenticators/addresses/email";
import { noteChange } from "#lib/authenticators/changes";
import { phone } from "#lib/authenticators/phones/authenticator";
import { claimNumber, SLOT_RACE } from "#lib/authenticators/phones/claim";
import { removePhone } from "#lib/authenticators/phones/removed-phone";
import type { Claim } from "#lib/authenticators/phones/take-over";
import { OPEN_RACE } from "#lib/challenges/open";
import type { Guess, Purpose } from "#lib/challenges/port";
import { rollback, type Sql } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import type { Refused } from "#lib/errors";
import { BIND_PHONE_SECONDS } from "#lib/limits/policy";
import { accountOf, clearFailures, completeSignIn } from "#lib/purposes/complete";
import { completeCase } from "#lib/purposes/complete-case";
import type { Effect } from "#lib/purposes/effect";
import { endGuessingSession, goOnToChange } from "#lib/purposes/step-up";
import { bindingCase } from "#lib/recovery/finish";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { endSessionsOfFactor, endWhatWasBegunBesides, raiseEpoch } from "#lib/sessions/end-session";

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
  pageInSession: { journey: "account", restart: "/account/phones", proves: "number" },
  races: [OPEN_RACE, SLOT_RACE, "takeovers_one_open"],
  onLocked: endGuessingSession,
  async effect(tx, guess, proof, requester) {
    const userId = accountOf(guess);
    if (!guess.authenticatorId) return rollback(fail<Refused>({ code: "challenge_missing" }));
    const caseId = await bindingCase(tx, guess.challengeId);
    // Challenges are locked before the account: the others of a recovering account end before its row is.
    if (caseId) await endWhatWasBegunBesides(tx, userId, guess.challengeId);
    const adding = guess.sessionId !== null;
    const claim = await claimNumber(tx, userId, guess.authenticatorId, { adding, replaces: guess.replaces, recovering: caseId !== null });
    if (claim.kind !== "bound") return giveNumberBack(tx, guess, userId, claim, requester);
    await record(tx, { event: "phone.bound", userId, challengeId: guess.challengeId, ...requester });
    if (guess.sessionId !== null) return addToAccount(tx, guess, userId, requester);
    if (caseId) return completeCase(tx, { ...guess, caseId, userId, keepId: guess.authenticatorId }, proof, requester);
    await queueNotice(tx, { userId, template: "notice.phone_bound", locale: guess.locale });
    // The browser that creates the account causes no notice of a new browser.
    return completeSignIn(tx, guess, proof, requester, { newDevice: false });
  },
};

/** The phone of an account that its codes go to first (`firstPhone`), one that was just bound left out. */
async function usualPhone(tx: Sql, userId: string, boundId: string | null): Promise<string | undefined> {
  const [usual] = await tx<{ id: string }>`
    SELECT id FROM account_phones WHERE user_id = ${userId}::uuid AND verified_at IS NOT NULL AND disabled_at IS NULL AND id IS DISTINCT FROM ${boundId}::uuid
    ORDER BY preferred DESC, last_used_at DESC NULLS LAST, created_at LIMIT 1`;
  return usual?.id;
}

/**
 * A signed-in person's further number, or the one that replaces another: every address and phone is notified, and the change can be undone for
 * days.
 */
async function addToAccount(tx: Sql, guess: Guess, userId: string, requester: Requester): Promise<Result<Effect, Refused>> {
  const takesPlace = guess.replaces !== null && guess.replaces === (await usualPhone(tx, userId, guess.authenticatorId));
  const removed = guess.replaces ? await removePhone(tx, userId, guess.replaces) : null;
  const opened = await goOnToChange(tx, guess, requester);
  await raiseEpoch(tx, userId);
  // Its binding is no use: codes go on to the phone that they went to, unless the new one takes its place.
  if (!takesPlace) await tx`UPDATE authenticators SET last_used_at = NULL WHERE id = ${guess.authenticatorId}::uuid`;
  if (removed) {
    await endSessionsOfFactor(tx, userId, removed.id, opened.view.sessionId);
    await record(tx, { event: "phone.removed", userId, challengeId: guess.challengeId, ...requester });
    if (removed.columns.preferred) await tx`UPDATE phones SET preferred = true WHERE id = ${guess.authenticatorId}::uuid`;
  }
  const kind = removed ? "phone_replaced" : "phone_added";
  const change = await noteChange(tx, { userId, kind, addedId: guess.authenticatorId, removed });
  await queueNotice(tx, { userId, template: removed ? "notice.phone_replaced" : "notice.phone_added", locale: guess.locale, change });
  return ok({ kind: "same_session", opened, until: null, returnTo: guess.returnTo ?? "/account/phones" });
}

/**
 * The number is proven but held elsewhere: the challenge goes back to waiting for a number, its attempts stay spent. `until` is when an
 * unused number becomes available.
 */
async function giveNumberBack(
  tx: Sql,
  guess: Guess,
  userId: string,
  claim: Exclude<Claim, { kind: "bound" }>,
  requester: Requester,
): Promise<Result<Effect, Refused>> {
  await clearFailures(tx, guess, userId);
  await tx`DELETE FROM authenticators WHERE id = ${guess.authenticatorId}::uuid AND verified_at IS NULL`;
  // A signed-in person names another number in a challenge of its own.
  await tx`
    UPDATE challenges SET consumed_at = NULL, current_authenticator_id = NULL, current_channel = NULL,
      voided_at = CASE WHEN session_id IS NOT NULL THEN app_now() END
    WHERE id = ${guess.challengeId}::uuid`;
  await record(tx, { event: "phone.taken", userId, challengeId: guess.challengeId, ...requester });
  return fail({ code: "number_taken", ...(claim.kind === "later" ? { until: claim.at.toISOString() } : {}) });
}
