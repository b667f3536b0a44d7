import { type Origin, record } from "#lib/audit/record";
import { recordRefusal } from "#lib/audit/refused";
import { type ChallengeView, channelOf, type Method, sendsLeft } from "#lib/challenges/challenge";
import { takeMail } from "#lib/challenges/mail-share";
import { keepHeld, keepSame, queueCode, type Target } from "#lib/challenges/queue-code";
import { type ChallengeRow, challengeHashes, isOfAnother, loadChallenge, stateOfRow } from "#lib/challenges/read";
import { type Held, refusedSend, takeSendLimits } from "#lib/challenges/send-limits";
import { resendTimes, viewOf, waysOf } from "#lib/challenges/view";
import { openNumber } from "#lib/crypto/number-seal";
import { transactionOn } from "#lib/db/in-line";
import { rollback, type Sql } from "#lib/db/sql";
import { type Refused, SENDING_STOPPED } from "#lib/errors";
import { numberCountry } from "#lib/phones/number";
import { fail, ok, type Result } from "#lib/result";

/** A method to send by; `drawnFor` is the challenge of the submitted form. */
type Way = { method: Method; phoneId?: string | undefined; drawnFor?: string | undefined };

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

/** The target of a method, taken from the challenge's own account; null when the challenge does not have it (PSTN-05). */
function targetOf(row: ChallengeRow, way: Way): Target | "stopped" | null {
  const channel = channelOf(way.method);
  if (!channel) return null;
  const offer = waysOf(row).find((one) => one.method === way.method && (way.phoneId === undefined || one.phone?.id === way.phoneId));
  if (!offer) return null;
  if (offer.stopped) return "stopped";
  if (channel === "EMAIL") {
    const email = row.email ?? row.accountEmail;
    return email ? { channel, email } : null;
  }
  const { phone } = offer;
  if (!phone) return null;
  const e164 = openNumber(phone.id, row.userId ?? "", phone.sealed);
  return { channel, phoneId: phone.id, e164, country: numberCountry(e164), proven: row.purpose !== "BIND_PHONE" };
}

/** Seconds until the channel of a method may be used again for this challenge, or 0 (RESEND_WAIT). */
export function waitOf(row: ChallengeRow, method: Method): number {
  const at = method === "recovery_code" ? undefined : resendTimes(row)[method];
  return at ? Math.ceil((new Date(at).getTime() - row.now.getTime()) / 1000) : 0;
}

/**
 * Sends the code of an open challenge again, or by another way; the same authenticator gets the same code.
 * The challenge's row is locked first, so that parallel sends are counted and spaced one after the other.
 */
export async function sendCode(token: string, way: Way, origin: Origin): Promise<Result<ChallengeView, Refused>> {
  const sent = await transactionOn(token, async (tx): Promise<Sent> => {
    await tx`SELECT 1 FROM challenges WHERE token_hash = ANY(${challengeHashes(token)}::bytea[]) FOR UPDATE`;
    const row = await loadChallenge(token, tx);
    const refusal = refusalOf(row, way.drawnFor);
    if (!row || refusal) return fail(refusal ?? { code: "challenge_missing" });
    const target = targetOf(row, way);
    if (!target) return fail({ code: "method_not_available" });
    if (target === "stopped") return fail(SENDING_STOPPED);
    const wait = waitOf(row, way.method);
    if (wait > 0) return fail({ code: "too_many_sends", retryAfter: wait });
    if (sendsLeft(row.sends, row.sendsRefunded) === 0) return fail({ code: "too_many_sends", retryAfter: secondsLeft(row) });
    return extend(tx, row, target, origin, token);
  });
  if (!("held" in sent)) return sent;
  await recordRefusal({ event: "send.refused", reason: sent.held.policy, ip: origin.ip, userId: sent.userId });
  return fail(refusedSend(sent.held));
}

/** The view after a send, or the reason or limit that prevented it. */
type Sent = Result<ChallengeView, Refused> | { held: Held; userId: string };

const secondsLeft = (row: ChallengeRow) => Math.max(1, Math.ceil((row.expiresAt.getTime() - row.now.getTime()) / 1000));

async function extend(tx: Sql, row: ChallengeRow, target: Target, origin: Origin, token: string): Promise<Sent> {
  const queue = { challengeId: row.id, userId: row.userId, locale: row.locale, purpose: row.purpose, target };
  const way = target.channel === "EMAIL" ? await takeMail(tx, { email: target.email, userId: row.userId }) : ({ kind: "send" } as const);
  if (target.channel !== "EMAIL") {
    if (!row.userId) return fail({ code: "method_not_available" });
    const held = await takeSendLimits(tx, target, { userId: row.userId, ip: origin.ip, deviceId: row.deviceId });
    if (held) return rollback({ held, userId: row.userId });
  }
  const phoneId = target.channel === "EMAIL" ? null : target.phoneId;
  const counted = way.kind === "held" ? 0 : 1;
  await tx`UPDATE challenges SET sends = sends + ${counted}::int, current_channel = ${target.channel}::channel, current_phone_id = ${phoneId}::uuid
           WHERE id = ${row.id}::uuid`;
  if (way.kind === "send") await queueCode(tx, queue);
  else if (way.kind === "same") await keepSame(tx, queue, way);
  else await keepHeld(tx, queue, { reason: "throttled", until: way.until });
  await record(tx, { event: "challenge.sent", userId: row.userId, challengeId: row.id, method: target.channel.toLowerCase(), ...origin });
  const after = await loadChallenge(token, tx);
  return after ? ok(viewOf(after)) : fail({ code: "challenge_missing" });
}
