import { type Origin, record } from "#lib/audit/record";
import { defaultMethod, readAnswer } from "#lib/challenges/answer";
import { type Attempt, beginAttempt } from "#lib/challenges/begin-attempt";
import type { ChallengeView, Method } from "#lib/challenges/challenge";
import { applyEffect, type Effect } from "#lib/challenges/effects";
import { evaluate, type Proof } from "#lib/challenges/evaluate";
import { OPEN_RACE } from "#lib/challenges/open";
import { loadChallenge } from "#lib/challenges/read";
import { refusalOf } from "#lib/challenges/send";
import { isAwaited, waysOf } from "#lib/challenges/view";
import { parseOtp, parseRecoveryCode } from "#lib/crypto/codes";
import { retryOn, rollback, sql, transaction } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import { ATTEMPTS_PER_CHALLENGE } from "#lib/limits/policy";
import { SLOT_RACE } from "#lib/phones/claim";
import { fail, ok, type Result } from "#lib/result";
import type { SessionView } from "#lib/sessions/session";

/** What a verified challenge leads to; tokens are for cookies alone. */
export type Verified =
  | { next: "bind_phone"; challenge: ChallengeView; challengeToken: string; expiresAt: Date }
  | { next: "save_recovery_codes" | "done"; session: SessionView; sessionToken: string; expiresAt: Date; returnTo: string | null };

/** What a browser sends: the method it answers by, if it names one, and what was typed. */
type Typed = { method?: Method | undefined; code: string };

/**
 * Verifies an answer to the challenge of this browser:
 * count (own commit) → compare in constant time → consume with a guarded update together with the effect.
 * Every subject comes from the challenge's row; the request brings a token and an answer, nothing else.
 */
export async function verifyChallenge(
  token: string,
  typed: Typed,
  origin: Origin & { sessionToken?: string | undefined },
): Promise<Result<Verified, Refused>> {
  const answer = readAnswer(typed.method, typed.code);
  const attempt = answer && (await beginAttempt(token, answer));
  if (!answer || !attempt) return fail(await whyNot(token, typed));
  const proof = await evaluate(attempt, answer);
  return proof ? succeed(token, typed, attempt, proof, origin) : wrong(attempt, typed, origin);
}

/** Why an attempt was not admitted, read after the fact: an ended challenge, a way that is not awaited, what is no code, a lock. */
async function whyNot(token: string, { method: named, code }: Typed): Promise<Refused> {
  const row = await loadChallenge(token);
  const refusal = refusalOf(row);
  if (!row || refusal) return refusal ?? { code: "challenge_missing" };
  const method = named ?? defaultMethod(row);
  if (!waysOf(row).some((way) => way.method === method) || !isAwaited(row, method)) return { code: "method_not_available" };
  if (!(method === "recovery_code" ? parseRecoveryCode(code) : parseOtp(code)))
    return { code: "invalid_input", fields: { code: "code_wrong" } };
  const [lock] = await sql<{ seconds: number }>`
    SELECT ceil(extract(epoch FROM locked_until - app_now()))::int AS seconds FROM users WHERE id = ${row.user_id}::uuid AND locked_until > app_now()`;
  return { code: "too_many_attempts", retryAfter: lock?.seconds ?? 1 };
}

async function wrong(attempt: Attempt, typed: Typed, origin: Origin): Promise<Result<never, Refused>> {
  const attemptsLeft = ATTEMPTS_PER_CHALLENGE - attempt.attempts;
  const method = typed.method ?? defaultMethod(attempt);
  const about = { userId: attempt.user_id, challengeId: attempt.challenge_id, method, ...origin };
  await record(sql, { event: "challenge.code_wrong", ...about });
  if (attemptsLeft === 0) await record(sql, { event: "challenge.exhausted", ...about });
  if (attempt.failures !== null && attempt.failures % 10 === 0) await record(sql, { event: "account.locked", ...about });
  return fail({ code: "code_wrong", attemptsLeft });
}

/** Consumes and acts in one transaction; the guarded update lets one of many right answers through (OTP-03). */
async function succeed(
  token: string,
  typed: Typed,
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
  if (!outcome) return fail(await whyNot(token, typed));
  return outcome.ok ? answerOf(outcome.value) : outcome;
}

function answerOf(effect: Effect): Result<Verified, Refused> {
  const { token, expiresAt } = effect.opened;
  if (effect.kind === "challenge") return ok({ next: "bind_phone", challenge: effect.opened.view, challengeToken: token, expiresAt });
  const session = effect.opened.view;
  return ok({ next: session.nextStep ?? "done", session, sessionToken: token, expiresAt, returnTo: effect.returnTo });
}
