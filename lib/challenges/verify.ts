import { recordRefusal } from "#lib/audit/refused";
import { defaultMethod, readAnswer } from "#lib/challenges/answer";
import { type Attempt, beginAttempt } from "#lib/challenges/begin-attempt";
import type { ChallengeView, Method } from "#lib/challenges/challenge";
import { applyEffect, type Effect } from "#lib/challenges/effects";
import { evaluate, type Proof } from "#lib/challenges/evaluate";
import { lockSeconds } from "#lib/challenges/lock";
import { OPEN_RACE } from "#lib/challenges/open";
import { loadChallenge } from "#lib/challenges/read";
import { refusalOf } from "#lib/challenges/send";
import { isAwaited, waysOf } from "#lib/challenges/view";
import { wrong } from "#lib/challenges/wrong";
import { parseOtp, parseRecoveryCode } from "#lib/crypto/codes";
import { inLine, transactionOn } from "#lib/db/in-line";
import { retryOn, rollback } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import { guessingWait } from "#lib/limits/brakes";
import { SLOT_RACE } from "#lib/phones/claim";
import { fail, ok, type Result } from "#lib/result";
import type { KnownDevice } from "#lib/sessions/known-device";
import type { From, SessionView } from "#lib/sessions/session";

/** What a verified challenge leads to; tokens are for cookies alone. */
export type Verified =
  | { next: "bind_phone"; challenge: ChallengeView; challengeToken: string; expiresAt: Date }
  | {
      next: "save_recovery_codes" | "done";
      session: SessionView;
      sessionToken: string;
      expiresAt: Date;
      device: KnownDevice;
      returnTo: string | null;
    };

/** The input of a browser: the method if it names one, the typed text, and the challenge of its page. */
type Typed = { method?: Method | undefined; code: string; drawnFor?: string | undefined };

/**
 * Verifies an answer to the challenge of this browser:
 * count (own commit) → compare in constant time → consume with a guarded update together with the effect.
 * Every subject comes from the challenge's row; the request brings a token and an answer, nothing else.
 */
export async function verifyChallenge(token: string, typed: Typed, from: From): Promise<Result<Verified, Refused>> {
  const answer = readAnswer(typed.method, typed.code);
  const attempt = answer && (await inLine(token, () => beginAttempt(token, answer, from.ip, typed.drawnFor)));
  if (!answer || !attempt) return fail(await whyNot(token, typed, from.ip));
  const proof = await evaluate(attempt, answer, from.ip);
  return proof ? succeed(token, typed, attempt, proof, from) : fail(await wrong(attempt, answer.way ?? defaultMethod(attempt), from));
}

/** Why an attempt was not admitted, read after the fact: an ended challenge, a way that is not awaited, what is no code, a lock. */
async function whyNot(token: string, { method: named, code, drawnFor }: Typed, ip: string): Promise<Refused> {
  const row = await loadChallenge(token);
  const refusal = refusalOf(row, drawnFor);
  if (!row || refusal) return refusal ?? { code: "challenge_missing" };
  const looksLikeRecovery = named === undefined && !parseOtp(code) && parseRecoveryCode(code) !== null;
  const method = named ?? (looksLikeRecovery ? "recovery_code" : defaultMethod(row));
  if (!waysOf(row).some((way) => way.method === method) || !isAwaited(row, method)) return { code: "method_not_available" };
  if (!(method === "recovery_code" ? parseRecoveryCode(code) : parseOtp(code)))
    return { code: "invalid_input", fields: { code: "code_wrong" } };
  if (method === "recovery_code") return { code: "too_many_attempts", retryAfter: 1 };
  const locked = await lockSeconds(row);
  const wait = locked > 0 ? 0 : await guessingWait(ip);
  if (locked + wait > 0) {
    const reason = locked > 0 ? "locked" : "braked";
    await recordRefusal({ event: "challenge.refused", reason, ip, userId: row.userId });
  }
  if (locked > 0) return { code: "too_many_attempts", retryAfter: locked };
  return wait > 0 ? { code: "too_many_requests", retryAfter: wait } : { code: "too_many_attempts", retryAfter: 1 };
}

/** Consumes and acts in one transaction; the guarded update lets one of many right answers through (OTP-03). */
async function succeed(token: string, typed: Typed, attempt: Attempt, proof: Proof, from: From): Promise<Result<Verified, Refused>> {
  const outcome = await retryOn([OPEN_RACE, SLOT_RACE], () =>
    transactionOn(token, async (tx): Promise<Result<Effect, Refused> | null> => {
      const consumed = await tx`
        UPDATE challenges SET consumed_at = app_now()
        WHERE id = ${attempt.challengeId}::uuid AND coalesce(consumed_at, voided_at) IS NULL AND expires_at > app_now()
          AND NOT EXISTS (SELECT 1 FROM users u WHERE u.id = challenges.user_id AND (u.epoch <> challenges.epoch OR u.disabled_at IS NOT NULL))
        RETURNING id`;
      if (consumed.length === 0) return rollback(null);
      return applyEffect(tx, attempt, proof, from);
    }),
  );
  if (!outcome) return fail(await whyNot(token, typed, from.ip));
  return outcome.ok ? answerOf(outcome.value) : outcome;
}

function answerOf(effect: Effect): Result<Verified, Refused> {
  const { token, expiresAt } = effect.opened;
  if (effect.kind === "challenge") return ok({ next: "bind_phone", challenge: effect.opened.view, challengeToken: token, expiresAt });
  const { opened, device, returnTo } = effect;
  return ok({ next: opened.view.nextStep ?? "done", session: opened.view, sessionToken: token, expiresAt, device, returnTo });
}
