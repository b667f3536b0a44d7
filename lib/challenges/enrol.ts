import type { Guess, House, Proof } from "#lib/challenges/port";
import { purposeOf } from "#lib/challenges/port";
import { challengeHashes, isOfAnother, loadChallenge } from "#lib/challenges/read";
import { refusalOf } from "#lib/challenges/send";
import { consumeFor } from "#lib/challenges/verify";
import { wrong } from "#lib/challenges/wrong";
import { inLine } from "#lib/db/in-line";
import { sql } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import { GUESSES_PER_CHALLENGE } from "#lib/limits/policy";
import type { Method } from "#lib/methods";
import type { Requester } from "#lib/requester";
import { fail, type Result } from "#lib/result";

/** Proves an authenticator that its account does not have yet, by its first answer. */
export type Enrolment = {
  kind: string;
  method: Method;
  /** What a right answer proves; null if it is wrong. Every subject comes from the guess. */
  evaluate(guess: Guess): Promise<Proof | null>;
};

/**
 * Judges the first answer of a new authenticator in the challenge that asks for one: count (own commit) → evaluate → consume together with the effect,
 * as every answer is. Only a challenge that no session asked for is meant; its purpose's effect makes the authenticator the account's.
 */
export async function enrol<Effect>(
  house: House<Effect>,
  asked: { token: string; purpose: Guess["purpose"]; drawnFor?: string | undefined },
  { kind, method, evaluate }: Enrolment,
  requester: Requester,
): Promise<Result<Effect, Refused>> {
  const { token, purpose, drawnFor } = asked;
  const counted = await inLine(token, () => countAnswer(token, purpose, drawnFor));
  if (!counted) return fail(await whyNot(house, asked));
  const guess = { ...counted, kind };
  const proof = await evaluate(guess);
  if (!proof) return fail(await wrong(purposeOf(house, purpose), {}, guess, method, requester));
  return (await consumeFor(house, token, {}, guess, proof, requester)) ?? fail(await whyNot(house, asked));
}

/**
 * Counts an answer on its challenge before anything is compared: five of any number at once pass. The account is not counted, because the person was
 * just shown the secret.
 */
async function countAnswer(token: string, purpose: Guess["purpose"], drawnFor?: string): Promise<Guess | null> {
  const hashes = challengeHashes(token);
  if (hashes.length === 0) return null;
  const [guess] = await sql<Guess>`
    UPDATE challenges c SET attempts = c.attempts + 1 FROM users u
    WHERE c.token_hash = ANY(${hashes}::bytea[]) AND c.id = coalesce(${drawnFor ?? null}::uuid, c.id) AND c.purpose = ${purpose}::purpose AND c.session_id IS NULL
      AND coalesce(c.consumed_at, c.voided_at) IS NULL AND c.expires_at > app_now() AND c.attempts BETWEEN 0 AND ${GUESSES_PER_CHALLENGE - 1}::int
      AND u.id = c.user_id AND u.epoch = c.epoch AND u.disabled_at IS NULL
    RETURNING c.id AS challenge_id, c.purpose, c.step, c.user_id, c.about_id, c.session_id, c.action, c.replaces, c.email, c.password_hash, c.locale, c.return_to,
      c.attempts, c.epoch, c.federated_by, c.federated_at, c.current_channel, NULL AS authenticator_id, NULL AS kind, NULL AS sealed, NULL AS device_id, '{}'::text[] AS hit_ids,
      NULL::int AS failures, NULL::int AS authenticator_failures`;
  return guess ?? null;
}

/** Why an answer was not counted, or another request was first. */
async function whyNot(
  house: House,
  { token, purpose, drawnFor }: { token: string; purpose: Guess["purpose"]; drawnFor?: string | undefined },
) {
  const row = await loadChallenge(house, token);
  if (isOfAnother(row, drawnFor)) return { code: "form_of_another" } as const;
  if (!row || row.purpose !== purpose || row.sessionId !== null) return { code: "challenge_missing" } as const;
  return refusalOf(row, drawnFor) ?? ({ code: "challenge_missing" } as const);
}
