import { type Origin, record } from "#lib/audit/record";
import { type Attempt, beginAttempt } from "#lib/challenges/begin-attempt";
import { type ChallengeView, channelOf, type Method } from "#lib/challenges/challenge";
import { applyEffect, type Effect } from "#lib/challenges/effects";
import { evaluate, type Proof } from "#lib/challenges/evaluate";
import { OPEN_RACE } from "#lib/challenges/open";
import { type ChallengeRow, defaultMethod, loadChallenge, offersOf, viewOf } from "#lib/challenges/read";
import { refusalOf } from "#lib/challenges/send";
import { parseOtp, parseRecoveryCode } from "#lib/crypto/codes";
import { retryOn, rollback, sql, transaction } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import { ATTEMPTS_PER_CHALLENGE } from "#lib/limits/policy";
import { SLOT_RACE } from "#lib/phones/claim";
import { fail, ok, type Result } from "#lib/result";
import { readSession } from "#lib/sessions/read-session";
import type { SessionView } from "#lib/sessions/session";

/** What a verified challenge leads to; tokens are for cookies alone. */
export type Verified =
  | { next: "bind_phone"; challenge: ChallengeView; challengeToken: string; expiresAt: Date }
  | { next: "save_recovery_codes" | "done"; session: SessionView; sessionToken: string; expiresAt: Date; returnTo: string | null };

type Answer = { method?: Method | undefined; code: string };

/**
 * Verifies an answer to the challenge of this browser:
 * count (own commit) → compare in constant time → consume with a guarded update together with the effect.
 * Every subject comes from the challenge's row; the request brings a token and an answer, nothing else.
 */
export async function verifyChallenge(
  token: string,
  answer: Answer,
  origin: Origin & { sessionToken?: string | undefined },
): Promise<Result<Verified, Refused>> {
  const row = await loadChallenge(token);
  const refusal = refusalOf(row);
  if (!row || refusal) return fail(refusal ?? { code: "challenge_missing" });
  const method = answer.method ?? defaultMethod(row);
  if (!offersOf(row).some((offer) => offer.method === method)) return fail({ code: "method_not_available" });
  const factor = method === "recovery_code" ? "recovery_code" : "code";
  // A code proves the way it was last sent by; another way has to be asked for first (OTP-08).
  if (factor === "code" && !sameWay(row, method)) return fail({ code: "method_not_available" });
  // What cannot be a code at all is no guess: it costs nothing and changes nothing (OTP-14).
  if (factor === "code" ? !parseOtp(answer.code) : !parseRecoveryCode(answer.code))
    return fail({ code: "invalid_input", fields: { code: "code_wrong" } });

  const attempt = await beginAttempt(token, factor);
  if (!attempt) return fail(await whyNot(token));
  const proof = await evaluate(attempt, factor, answer.code);
  return proof ? succeed(token, attempt, proof, origin) : wrong(attempt, method, origin);
}

/** SMS and a call carry the same code of the same phone, so either word is right for it. */
const sameWay = (row: ChallengeRow, method: Method) =>
  (channelOf(method) === "EMAIL") === (row.current_channel === "EMAIL") && row.current_channel !== null;

/** Why an attempt was not admitted, read after the fact: a lock, a spent or ended challenge. */
async function whyNot(token: string): Promise<Refused> {
  const row = await loadChallenge(token);
  const refusal = refusalOf(row);
  if (refusal && refusal.code !== "too_many_attempts") return refusal;
  const [lock] = await sql<{ seconds: number }>`
    SELECT ceil(extract(epoch FROM locked_until - app_now()))::int AS seconds FROM users WHERE id = ${row?.user_id ?? null}::uuid AND locked_until > app_now()`;
  return { code: "too_many_attempts", retryAfter: lock?.seconds ?? 1 };
}

async function wrong(attempt: Attempt, method: Method, origin: Origin): Promise<Result<never, Refused>> {
  const attemptsLeft = ATTEMPTS_PER_CHALLENGE - attempt.attempts;
  const about = { userId: attempt.user_id, challengeId: attempt.challenge_id, method, ...origin };
  await record(sql, { event: "challenge.code_wrong", ...about });
  if (attemptsLeft === 0) await record(sql, { event: "challenge.exhausted", ...about });
  if (attempt.failures !== null && attempt.failures % 10 === 0) await record(sql, { event: "account.locked", ...about });
  return fail({ code: "code_wrong", attemptsLeft });
}

/** Consumes and acts in one transaction; the guarded update lets one of many right answers through (OTP-03). */
async function succeed(
  token: string,
  attempt: Attempt,
  proof: Proof,
  origin: Origin & { sessionToken?: string | undefined },
): Promise<Result<Verified, Refused>> {
  const outcome = await retryOn([OPEN_RACE, SLOT_RACE], () =>
    transaction(async (tx): Promise<Result<Effect, Refused> | null> => {
      const consumed = await tx`
        UPDATE challenges SET consumed_at = app_now()
        WHERE id = ${attempt.challenge_id}::uuid AND consumed_at IS NULL AND voided_at IS NULL AND expires_at > app_now() RETURNING id`;
      if (consumed.length === 0) return rollback(null);
      return applyEffect(tx, attempt, proof, origin);
    }),
  );
  if (!outcome) return fail(await whyNot(token));
  return outcome.ok ? answerOf(outcome.value) : outcome;
}

async function answerOf(effect: Effect): Promise<Result<Verified, Refused>> {
  if (effect.kind === "challenge") {
    const next = await loadChallenge(effect.opened.token);
    if (!next) return fail({ code: "challenge_missing" });
    return ok({ next: "bind_phone", challenge: viewOf(next), challengeToken: effect.opened.token, expiresAt: effect.opened.expiresAt });
  }
  const session = await readSession(effect.opened.token);
  if (!session) return fail({ code: "challenge_missing" });
  const next = session.nextStep ?? "done";
  return ok({ next, session, sessionToken: effect.opened.token, expiresAt: effect.opened.expiresAt, returnTo: effect.returnTo });
}
