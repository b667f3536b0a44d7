import { record } from "#lib/audit/record";
import { address } from "#lib/authenticators/addresses/authenticator";
import { shownEmail } from "#lib/authenticators/addresses/email";
import { OPEN_RACE, openChallenge } from "#lib/challenges/open";
import type { Guess, Purpose } from "#lib/challenges/port";
import { rollback, type Sql } from "#lib/db/sql";
import { env } from "#lib/env";
import type { Refused } from "#lib/errors";
import { giveBackHits } from "#lib/limits/take";
import { bindPhonePurpose } from "#lib/purposes/bind-phone";
import { federatedOf } from "#lib/purposes/complete";
import type { Effect } from "#lib/purposes/effect";
import type { Requester } from "#lib/requester";
import { fail, ok } from "#lib/result";
import { documents, keepConsents } from "#lib/sessions/consent";

/** SIGN_UP: a code by mail proves the address, and with it the account begins. */
export const signUpPurpose: Purpose<Effect> = {
  name: "SIGN_UP",
  lifetime: () => env().OTP_TTL_SECONDS,
  accepts: ({ kind }) => kind === address.kind,
  ways: (subject) => address.offer(subject, null),
  afterPassword: false,
  whose: ({ email, accountEmail }) => ({ email: shownEmail(email ?? accountEmail ?? "") }),
  wording: { ja: "新規登録", en: "sign-up" },
  page: { journey: "sign-up", restart: "/sign-up", proves: "address" },
  races: [OPEN_RACE],
  /**
   * The address is proven: from here on the account exists and waits for its phone. An address is no second factor and proves no
   * number, so a sign-up that is resumed gives back neither failures nor sends (RL-08, sends_per_phone).
   */
  async effect(tx, guess, _, from) {
    const userId = guess.userId ?? (await createAccount(tx, guess, from));
    await giveBackHits(tx, guess.hitIds);
    await record(tx, { event: "sign_up.email_proven", userId, challengeId: guess.challengeId, method: "email", ...from });
    const next = {
      purpose: bindPhonePurpose,
      userId,
      locale: guess.locale,
      returnTo: guess.returnTo,
      target: null,
      federated: federatedOf(guess),
    };
    return ok({ kind: "challenge", next: "bind_phone", opened: await openChallenge(tx, next) });
  },
};

/**
 * Creates at most one account per address under any race (RG-02). Other unproven claims on the address stay open until they expire, because ending
 * them would reveal that the owner has just proven it; the existing account rejects them later (RG-03, EN-01).
 */
async function createAccount(tx: Sql, guess: Guess, requester: Requester): Promise<string> {
  const [user] = await tx<{ id: string }>`
    INSERT INTO users (email, password_hash, locale) VALUES (${guess.email}, ${guess.passwordHash}, ${guess.locale})
    ON CONFLICT (email) DO NOTHING RETURNING id`;
  if (!user) return rollback(fail<Refused>({ code: "challenge_expired" }));
  // The page of the sign-up names the documents that the person agrees to.
  await keepConsents(tx, user.id, documents(), requester);
  return user.id;
}
