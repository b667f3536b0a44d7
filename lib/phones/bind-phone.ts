import { randomUUID } from "node:crypto";
import { type Origin, record } from "#lib/audit/record";
import { recordRefusal } from "#lib/audit/refused";
import { type ChallengeView, sendsLeft } from "#lib/challenges/challenge";
import { type PhoneTarget, queueCode } from "#lib/challenges/queue-code";
import { type ChallengeRow, challengeHashes, isOfAnother, loadChallenge } from "#lib/challenges/read";
import { refusalOf, waitOf } from "#lib/challenges/send";
import { refusedSend, takeSendLimits } from "#lib/challenges/send-limits";
import { viewOf } from "#lib/challenges/view";
import { numberHash, sealNumber } from "#lib/crypto/number-seal";
import { transactionOn } from "#lib/db/in-line";
import { rollback, type Sql, sql } from "#lib/db/sql";
import { stoppedWays } from "#lib/delivery/stops";
import { env } from "#lib/env";
import { type ErrorCode, type Refused, SENDING_STOPPED } from "#lib/errors";
import { BRAKE, policies } from "#lib/limits/policy";
import { keepSends } from "#lib/limits/take";
import { brakeBlock, countNewNumber } from "#lib/phones/count-new-number";
import { type PhoneNumber, parseNumber } from "#lib/phones/number";
import { fail, ok, type Result } from "#lib/result";

/** The input of the number form; `drawnFor` is the challenge of its page. */
export type BindPhone = { number: string; channel: "sms" | "voice"; acceptRisk: boolean; drawnFor?: string };

/** Which wording of the risk notice was accepted (PSTN-02); raise it when the notice says something new. */
export const RISK_NOTICE_VERSION = 1;

const allowedCountries = () => env().ALLOWED_COUNTRIES.split(",");

/** Whether an account in use may call one of these countries, all allowed ones by default; where none may, no call is offered and no landline bound. */
export async function callsCarried(countries: string[] = allowedCountries()): Promise<boolean> {
  const [row] = await sql<{ carried: boolean }>`
    SELECT coalesce(bool_or(calls_carried(c, ${env().demo})), false) AS carried FROM unnest(${countries}::text[]) c`;
  return row?.carried ?? false;
}

/** The methods, of texts and calls, that are stopped to every country that a number may have. */
export const stoppedEverywhere = () => stoppedWays(allowedCountries());

/** Reads the form of a number: what it is, and whether the chosen channel reaches it. */
async function parse(input: BindPhone): Promise<Result<PhoneNumber, Refused>> {
  const number = parseNumber(input.number, allowedCountries());
  if (!number.ok) return fail({ code: "number_not_accepted", reason: number.error });
  if ((number.value.landline || input.channel === "voice") && !(await callsCarried([number.value.country])))
    return fail({ code: "number_not_accepted", reason: "no_calls" });
  if (number.value.landline && input.channel === "sms") return fail({ code: "number_not_accepted", reason: "landline_needs_voice" });
  if ((await stoppedWays([number.value.country])).includes(input.channel)) return fail(SENDING_STOPPED);
  if (!input.acceptRisk) return fail({ code: "invalid_input", fields: { acceptRisk: "accept_risk_required" } });
  return number;
}

/**
 * Gives a BIND_PHONE challenge its number and queues the code. The number is a pending phone until the code comes back;
 * whether it is bound elsewhere is told only then. Another number may follow within the challenge's sends.
 */
export async function bindPhone(token: string, input: BindPhone, origin: Origin): Promise<Result<ChallengeView, Refused>> {
  const number = await parse(input);
  let userId: string | null = null;
  const result = await transactionOn(token, async (tx): Promise<Result<ChallengeView, Refused> | "pumped"> => {
    await tx`SELECT 1 FROM challenges WHERE token_hash = ANY(${challengeHashes(token)}::bytea[]) FOR UPDATE`;
    const row = await loadChallenge(token, tx);
    const otherStep = row !== null && row.purpose !== "BIND_PHONE" && !isOfAnother(row, input.drawnFor);
    const refusal = otherStep ? { code: "challenge_missing" as const } : refusalOf(row, input.drawnFor);
    if (!row?.userId || refusal) return fail(refusal ?? { code: "challenge_missing" });
    userId = row.userId;
    if (!number.ok) return number;
    if (sendsLeft(row.sends, row.sendsRefunded) === 0) return fail({ code: "too_many_sends", retryAfter: 60 });
    return bindIn(tx, row, row.userId, number.value, input.channel, token, origin);
  });
  if (result !== "pumped") {
    if (!result.ok && LIMITED.includes(result.error.code))
      await recordRefusal({ event: "send.refused", reason: result.error.reason ?? result.error.code, ip: origin.ip, userId });
    return result;
  }
  if (number.ok) await brakeBlock(number.value.e164, number.value.country);
  await recordRefusal({ event: "send.refused", reason: policies.numbersPerBlock.name, ip: origin.ip, userId });
  return fail({ code: "too_many_sends", retryAfter: BRAKE.numberBlock });
}

const LIMITED: readonly ErrorCode[] = ["too_many_sends", "too_many_requests"];

async function bindIn(
  tx: Sql,
  row: ChallengeRow,
  userId: string,
  number: PhoneNumber,
  channel: "sms" | "voice",
  token: string,
  origin: Origin,
): Promise<Result<ChallengeView, Refused> | "pumped"> {
  const { phoneId, fresh } = await pendingPhone(tx, userId, number, channel === "sms" ? "SMS" : "VOICE");
  // The same number again is a resend and waits like one; a corrected number goes out at once.
  const wait = fresh ? 0 : waitOf(row, channel);
  if (wait > 0) return rollback(fail<Refused>({ code: "too_many_sends", retryAfter: wait }));
  const target: PhoneTarget = {
    channel: channel === "sms" ? "SMS" : "VOICE",
    phoneId,
    e164: number.e164,
    country: number.country,
    proven: false,
  };
  // Before the send is counted, because a number that was texted lately is not new to its block.
  const counted = !fresh || (await countNewNumber(tx, userId, number.e164));
  const newNumber = fresh ? [{ policy: policies.newNumbersPerAccount, subject: userId }] : [];
  const held = await takeSendLimits(tx, target, { userId, ip: origin.ip, deviceId: row.deviceId }, { others: newNumber });
  if (held) return rollback(fail(refusedSend(held)));
  if (!counted) return rollback("pumped");
  await tx`UPDATE challenges SET sends = sends + 1, current_channel = ${target.channel}::channel, current_phone_id = ${phoneId}::uuid WHERE id = ${row.id}::uuid`;
  await queueCode(tx, { challengeId: row.id, userId, locale: row.locale, purpose: row.purpose, target });
  await record(tx, { event: "challenge.sent", userId, challengeId: row.id, method: channel, ...origin });
  const after = await loadChallenge(token, tx);
  return after ? ok(viewOf(after)) : fail({ code: "challenge_missing" });
}

/** The account's one pending phone: the same number again keeps its row, and with it its code; another number replaces it. */
async function pendingPhone(
  tx: Sql,
  userId: string,
  number: PhoneNumber,
  channel: "SMS" | "VOICE",
): Promise<{ phoneId: string; fresh: boolean }> {
  const hash = numberHash(number.e164);
  const [same] = await tx<{ id: string }>`
    UPDATE phones SET channel = ${channel}::channel WHERE user_id = ${userId}::uuid AND verified_at IS NULL AND number_hash = ${hash} RETURNING id`;
  if (same) return { phoneId: same.id, fresh: false };
  const givenUp = await tx`DELETE FROM phones WHERE user_id = ${userId}::uuid AND verified_at IS NULL RETURNING id`;
  if (givenUp.length > 0) await keepSends(tx, userId);
  const phoneId = randomUUID();
  await tx`
    INSERT INTO phones (id, user_id, number_sealed, number_hash, country, channel, voice_only, risk_accepted_at, risk_notice_version)
    VALUES (${phoneId}::uuid, ${userId}::uuid, ${sealNumber(phoneId, userId, number.e164)}, ${hash}, ${number.country}, ${channel}::channel,
            ${number.landline}, app_now(), ${RISK_NOTICE_VERSION}::int)`;
  return { phoneId, fresh: true };
}
