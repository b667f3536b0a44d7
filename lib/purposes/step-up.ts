import { record } from "#lib/audit/record";
import { shownEmail } from "#lib/authenticators/addresses/email";
import { secondFactorWays } from "#lib/authenticators/index";
import { PASSKEY_KIND } from "#lib/authenticators/passkeys/authenticator";
import { OPEN_RACE } from "#lib/challenges/open";
import type { Guess, Purpose } from "#lib/challenges/port";
import { rollback, type Sql } from "#lib/db/sql";
import { env } from "#lib/env";
import type { Refused } from "#lib/errors";
import { accountOf, clearFailures } from "#lib/purposes/complete";
import { askedSql, CONFIRMATION, confirm, mayConfirm } from "#lib/purposes/confirmation";
import type { Effect } from "#lib/purposes/effect";
import type { Requester } from "#lib/requester";
import { fail, ok } from "#lib/result";
import type { OpenedSession } from "#lib/sessions/open-session";
import { rotateSession } from "#lib/sessions/rotate-session";
import { noteStepUp, restrictionOf } from "#lib/sessions/step-up";
import { STAFF_KINDS } from "#lib/staff/entry";

/** The kinds that a class of acts takes, and their methods have the same names: acts of staff a passkey or an authenticator app (AD-02), a site's strictest level a passkey. */
const TAKEN: Readonly<Record<string, readonly string[]>> = { administer: STAFF_KINDS, enter_site_passkey: [PASSKEY_KIND] };

/** Whether a kind of authenticator may step up for a class of acts. */
const mayStepUp = (action: string | null, kind: string | null): boolean =>
  action === null || !Object.hasOwn(TAKEN, action) || (TAKEN[action] ?? []).some((taken) => taken === kind);

/**
 * Rotates the session that asked, after its person proved a factor, and clears the failures of that factor. Rolls back with `challenge_expired` where
 * the account or the session has ended.
 */
async function goOn(tx: Sql, guess: Guess, requester: Requester): Promise<OpenedSession> {
  const userId = accountOf(guess);
  if (!(await clearFailures(tx, guess, userId))) return rollback(fail<Refused>({ code: "challenge_expired" }));
  const proven = guess.kind === null ? {} : { authenticatorId: guess.authenticatorId };
  const opened = guess.sessionId ? await rotateSession(tx, { sessionId: guess.sessionId, userId }, requester, proven) : null;
  return opened ?? rollback(fail<Refused>({ code: "challenge_expired" }));
}

/** The same for a change of what proves an account, begun before its account was restricted: it is refused then like every guarded act (LP-03). */
export async function goOnToChange(tx: Sql, guess: Guess, requester: Requester): Promise<OpenedSession> {
  const opened = await goOn(tx, guess, requester);
  const restriction = await restrictionOf(accountOf(guess), tx);
  return restriction ? rollback(fail<Refused>({ code: "account_restricted", ...restriction })) : opened;
}

/** Ends the session whose step-up was guessed at until the lock, so that a stolen session gets no further tries (C08). */
export async function endGuessingSession(tx: Sql, { sessionId, userId }: Guess, { ip, userAgent }: Requester): Promise<void> {
  const ended = await tx`DELETE FROM sessions WHERE id = ${sessionId}::uuid AND user_id = ${userId}::uuid RETURNING id`;
  if (ended.length > 0) await record(tx, { event: "session.ended", userId, sessionId, ip, userAgent });
}

/**
 * STEP_UP: any second factor of the account opens one class of acts to the session that asked, for ten minutes (SU-01, SU-03), or confirms one act
 * with its values (SU-04), and never both.
 */
export const stepUpPurpose: Purpose<Effect> = {
  name: "STEP_UP",
  lifetime: () => env().OTP_TTL_SECONDS,
  accepts: ({ secondFactor }) => secondFactor,
  ways: (subject) =>
    secondFactorWays(subject).filter(({ method }) => mayConfirm(subject.asked, method) && mayStepUp(subject.action, method)),
  asked: askedSql,
  afterPassword: false,
  whose: ({ email, accountEmail }) => ({ email: shownEmail(email ?? accountEmail ?? "") }),
  wording: { ja: "本人確認", en: "ID check" },
  page: { journey: "account", restart: "/account", proves: "account" },
  races: [OPEN_RACE],
  onLocked: endGuessingSession,
  async effect(tx, guess, proof, requester) {
    const opened = await goOn(tx, guess, requester);
    // Whatever the page offered.
    if (!mayStepUp(guess.action, guess.kind)) return rollback(fail<Refused>({ code: "method_not_available" }));
    if (opened.barred.includes(guess.kind ?? "")) return rollback(fail<Refused>({ code: "method_not_available" }));
    if (guess.action === CONFIRMATION)
      return ok({ kind: "confirmed", opened, confirmation: await confirm(tx, guess, proof, requester), returnTo: guess.returnTo });
    const amr = [...(proof.amr ? [proof.amr] : []), ...(proof.userVerified ? ["user"] : [])];
    const until = await noteStepUp(tx, opened.view.sessionId, guess.action ?? "", amr);
    const { challengeId, sessionId } = guess;
    await record(tx, { event: "step_up.proven", userId: guess.userId, challengeId, sessionId, method: proof.amr, ...requester });
    return ok({ kind: "same_session", opened, until, returnTo: guess.returnTo });
  },
};
