import { record } from "#lib/audit/record";
import { recordRefusal } from "#lib/audit/refused";
import type { ChallengeView } from "#lib/challenges/challenge";
import { type Authenticator, type House, type Purpose, purposeOf, type Target } from "#lib/challenges/port";
import { keepHeld, keepSame, queueCode, queueOwn } from "#lib/challenges/queue-code";
import { type ChallengeRow, challengeHashes, isOfAnother, loadChallenge, loadChallengeById, stateOfRow } from "#lib/challenges/read";
import { resendTimes, sendsLeftOf, viewOf } from "#lib/challenges/view";
import { transactionOn } from "#lib/db/in-line";
import { rollback, type Sql } from "#lib/db/sql";
import { type Refused, SENDING_STOPPED, tooManySends } from "#lib/errors";
import type { Take } from "#lib/limits/take";
import { channelOf, type Method } from "#lib/methods";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";

/** A method to send by; `drawnFor` is the challenge of the submitted form. */
type Asked = { method: Method; phoneId?: string | undefined; drawnFor?: string | undefined };

/** The reason why a challenge cannot continue, as an answer; a form of another challenge is reported before any other reason. */
export function refusalOf(row: ChallengeRow | null, drawnFor?: string): Refused | null {
  if (isOfAnother(row, drawnFor)) return { code: "form_of_another" };
  if (!row) return { code: "challenge_missing" };
  const state = stateOfRow(row);
  if (state === "open") return null;
  if (state === "consumed") return { code: "challenge_missing" };
  if (state === "exhausted") return { code: "too_many_attempts", retryAfter: 1 };
  return { code: "challenge_expired" };
}

/** Seconds until the channel of a method may be used again for this challenge, or 0 (`resendWait`). */
export function waitOf(purpose: Pick<Purpose, "discreet">, row: ChallengeRow, method: Method): number {
  const at = channelOf(method) ? resendTimes(purpose, row)[method as keyof ReturnType<typeof resendTimes>] : undefined;
  return at ? Math.ceil((new Date(at).getTime() - row.now.getTime()) / 1000) : 0;
}

/** The row of a token's challenge, locked first, so that parallel requests are counted and spaced one after the other. */
export async function lockChallenge(house: House, token: string, tx: Sql): Promise<ChallengeRow | null> {
  await tx`SELECT 1 FROM challenges WHERE token_hash = ANY(${challengeHashes(token)}::bytea[]) FOR UPDATE`;
  return loadChallenge(house, token, tx);
}

/** Sends the code of an open challenge again, or by another way; the same authenticator gets the same code. */
export async function send(house: House, token: string, asked: Asked, requester: Requester): Promise<Result<ChallengeView, Refused>> {
  const sent = await transactionOn(token, async (tx): Promise<Sent> => {
    return sendLocked(house, tx, await lockChallenge(house, token, tx), asked, requester);
  });
  if (!("refused" in sent)) return sent;
  return noteRefused(sent, requester);
}

/** Records that a limit prevented a send, and returns the answer. */
export async function noteRefused(
  { refused, userId }: Extract<Sent, { refused: object }>,
  { ip }: Requester,
): Promise<Result<never, Refused>> {
  await recordRefusal({ event: "send.refused", reason: refused.policy, ip, userId });
  return fail(refused.answer);
}

/** Locks a challenge by its id and sends its code again, for a member of staff; the same limits and waits hold as for its person. */
export async function sendAgain(house: House, tx: Sql, id: string, asked: Asked, requester: Requester): Promise<Sent> {
  await tx`SELECT 1 FROM challenges WHERE id = ${id}::uuid FOR UPDATE`;
  return sendLocked(house, tx, await loadChallengeById(house, id, tx), asked, requester);
}

async function sendLocked(house: House, tx: Sql, row: ChallengeRow | null, asked: Asked, requester: Requester): Promise<Sent> {
  const refusal = refusalOf(row, asked.drawnFor);
  if (!row || refusal) return fail(refusal ?? { code: "challenge_missing" });
  const purpose = purposeOf(house, row.purpose);
  const ways = purpose.ways(row);
  // Taken from the challenge's own account, never from the request (PSTN-05).
  const way = ways.find((one) => one.method === asked.method && (asked.phoneId === undefined || one.authenticatorId === asked.phoneId));
  const sender = house.authenticators.find((one) => one.methods.includes(asked.method) && purpose.accepts(one, row.step));
  if (!way?.target || !sender) return fail({ code: "method_not_available" });
  if (way.stopped) return fail(SENDING_STOPPED);
  const target = way.target();
  const wait = waitOf(purpose, row, asked.method);
  if (wait > 0) return fail(tooManySends(wait));
  if (sendsLeftOf(purpose, row) === 0) return fail(tooManySends(secondsLeft(row)));
  return sendTo({ house, tx, row, requester }, sender, target);
}

/** The view after a send, or the limit that prevented it. */
export type Sent = Result<ChallengeView, Refused> | { refused: { policy: string; answer: Refused }; userId: string | null };

const secondsLeft = (row: ChallengeRow) => Math.max(1, Math.ceil((row.expiresAt.getTime() - row.now.getTime()) / 1000));

type About = { house: House; tx: Sql; row: ChallengeRow; requester: Requester };

/** Sends the code of a locked challenge to a target, within the limits of its authenticator and `others`; a refusal undoes the transaction. */
export async function sendTo(about: About, { admit }: Authenticator, target: Target, others: Take[] = []): Promise<Sent> {
  const { house, tx, row, requester } = about;
  const sender = { userId: row.userId, ip: requester.ip, deviceId: row.deviceId, challengeId: row.id };
  const admission = (await admit?.(tx, target, { purpose: row.purpose, sender, others })) ?? { kind: "send" as const };
  if (admission.kind === "refused") return rollback({ refused: admission, userId: row.userId });
  const counted = admission.kind === "held" ? 0 : 1;
  await tx`
    UPDATE challenges SET sends = sends + ${counted}::int, current_channel = ${target.channel}::channel, current_authenticator_id = ${target.authenticatorId}::uuid
    WHERE id = ${row.id}::uuid`;
  const queue = { challengeId: row.id, userId: row.userId, locale: row.locale, purpose: row.purpose, target };
  if (admission.kind === "send") await queueCode(tx, queue);
  else if (admission.kind === "own") await queueOwn(tx, queue, admission);
  else if (admission.kind === "same") await keepSame(tx, queue, admission);
  else await keepHeld(tx, queue, { reason: "throttled", until: admission.until });
  await record(tx, {
    event: "challenge.sent",
    userId: row.userId,
    challengeId: row.id,
    method: target.channel.toLowerCase(),
    ...requester,
  });
  const after = await loadChallengeById(house, row.id, tx);
  return after ? ok(viewOf(purposeOf(house, after.purpose), after)) : fail({ code: "challenge_missing" });
}
