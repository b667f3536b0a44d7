import { recordRefusal } from "#lib/audit/refused";
import { type Answer, readAnswer, sentMethod } from "#lib/challenges/answer";
import { countGuess } from "#lib/challenges/guess";
import { lockSeconds } from "#lib/challenges/lock";
import { type Authenticator, type Guess, type House, type Proof, purposeOf } from "#lib/challenges/port";
import { loadChallenge } from "#lib/challenges/read";
import { refusalOf } from "#lib/challenges/send";
import { isAwaited } from "#lib/challenges/view";
import { wrong } from "#lib/challenges/wrong";
import { inLine, transactionOn } from "#lib/db/in-line";
import { retryOn, rollback } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import { guessingWait } from "#lib/limits/brakes";
import { GUESSES_PER_CHALLENGE } from "#lib/limits/policy";
import { isSent, type Method } from "#lib/methods";
import type { Requester } from "#lib/requester";
import { fail, type Result } from "#lib/result";

/** The input of a browser: the method if it names one, the typed text, and the challenge of its page. */
export type Typed = { method?: Method | undefined; code: string; drawnFor?: string | undefined };

/**
 * Verifies an answer to the challenge of this browser:
 * count (own commit) → evaluate → consume with a guarded update together with the effect of the purpose.
 * Every subject comes from the challenge's row; the request brings a token and an answer, nothing else.
 */
export async function verify<Effect>(
  house: House<Effect>,
  token: string,
  typed: Typed,
  requester: Requester,
): Promise<Result<Effect, Refused>> {
  const read = readAnswer(house, typed.method, typed.code);
  const counted = read && (await inLine(token, () => count(house, token, read, typed, requester)));
  if (!counted) return fail(await whyNot(house, token, typed, requester.ip));
  const { answer, guess } = counted;
  const judge = judgeOf(house, answer, guess);
  const proof = await judge.evaluate(guess, answer.typed, { key: requester.ip }, requester);
  if (proof) return succeed(house, token, typed, judge, guess, proof, requester);
  const [refusal, reason] = [
    await wrong(purposeOf(house, guess.purpose), judge, guess, answer.method ?? sentMethod(guess), requester),
    (await judge.explain?.(guess, answer.typed)) ?? null,
  ];
  return fail(reason ? { ...refusal, reason } : refusal);
}

/**
 * Counts an answer for the kind that judges it: the one that was sent or, where the challenge has sent nothing, the one that its person has. The
 * two statements exclude each other, so that no answer is counted twice.
 */
async function count(
  house: House,
  token: string,
  answer: Answer,
  { drawnFor }: Typed,
  { ip }: Requester,
): Promise<{ answer: Answer; guess: Guess } | null> {
  const guess = await countGuess(house, token, answer, ip, { drawnFor });
  if (guess) return { answer, guess };
  const own = answer.unsent && (await countGuess(house, token, answer.unsent, ip, { drawnFor, unsent: true }));
  return answer.unsent && own ? { answer: answer.unsent, guess: own } : null;
}

/** Takes the judge of a sent code from the row: the request cannot know what the code was sent to, and must not choose its judge. */
function judgeOf(house: House, { by, readers }: Answer, { kind, purpose, step }: Guess): Authenticator {
  const { accepts } = purposeOf(house, purpose);
  return readers.find((one) => (kind === null ? !one.bound && accepts(one, step) : one.kind === kind)) ?? by;
}

/** Returns why a guess was not admitted: an ended challenge, a method that does not apply, input that is no code, or a lock. */
async function whyNot(house: House, token: string, { method: named, code, drawnFor }: Typed, ip: string): Promise<Refused> {
  const row = await loadChallenge(house, token);
  const refusal = refusalOf(row, drawnFor);
  if (!row || refusal) return refusal ?? { code: "challenge_missing" };
  const answer = readAnswer(house, named, code);
  const ways = purposeOf(house, row.purpose).ways(row);
  const own = answer?.unsent?.method ?? ways.find((way) => !isSent(way.method))?.method;
  const method = named ?? answer?.method ?? sentMethod(row) ?? own;
  if (method === undefined || !ways.some((way) => way.method === method) || !isAwaited(row, method))
    return { code: "method_not_available" };
  const { accepts } = purposeOf(house, row.purpose);
  const kind = house.authenticators.find((one) => one.methods.includes(method) && accepts(one, row.step));
  if (!kind || kind.read(code) === null) return { code: "invalid_input", fields: { code: "code_wrong" } };
  // A passkey that the account does not have is wrong and costs no attempt, because it guesses nothing.
  if (!kind.counted && kind.names) return { code: "code_wrong", attemptsLeft: GUESSES_PER_CHALLENGE - row.attempts };
  if (!kind.counted) return { code: "too_many_attempts", retryAfter: 1 };
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
async function succeed<Effect>(
  house: House<Effect>,
  token: string,
  typed: Typed,
  judge: Authenticator,
  guess: Guess,
  proof: Proof,
  requester: Requester,
): Promise<Result<Effect, Refused>> {
  const outcome = await consumeFor(house, token, judge, guess, proof, requester);
  return outcome ?? fail(await whyNot(house, token, typed, requester.ip));
}

/** Consumes the challenge of a right answer together with the effect of its purpose; null where it can no longer be consumed. */
export async function consumeFor<Effect>(
  house: House<Effect>,
  token: string,
  judge: Pick<Authenticator, "spend">,
  guess: Guess,
  proof: Proof,
  requester: Requester,
): Promise<Result<Effect, Refused> | null> {
  const purpose = purposeOf(house, guess.purpose);
  return retryOn(purpose.races, () =>
    transactionOn(token, async (tx): Promise<Result<Effect, Refused> | null> => {
      const consumed = await tx`
        UPDATE challenges SET consumed_at = app_now()
        WHERE id = ${guess.challengeId}::uuid AND step = ${guess.step}::int AND coalesce(consumed_at, voided_at) IS NULL AND expires_at > app_now()
          AND NOT EXISTS (SELECT 1 FROM users u WHERE u.id = challenges.user_id AND (u.epoch <> challenges.epoch OR u.disabled_at IS NOT NULL))
        RETURNING id`;
      if (consumed.length === 0) return rollback(null);
      if (judge.spend && !(await judge.spend(tx, guess, proof, requester))) return rollback(fail<Refused>({ code: "challenge_missing" }));
      return purpose.effect(tx, guess, proof, requester, house);
    }),
  );
}
