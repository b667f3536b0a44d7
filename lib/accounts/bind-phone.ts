import { randomUUID } from "node:crypto";
import { recordRefusal } from "#lib/audit/refused";
import { phone } from "#lib/authenticators/phones/authenticator";
import { brakeBlock, countNewNumber } from "#lib/authenticators/phones/count-new-number";
import { type PhoneNumber, parseNumber } from "#lib/authenticators/phones/number";
import { type ChallengeView, sendsLeft } from "#lib/challenges/challenge";
import type { Target } from "#lib/challenges/port";
import { type ChallengeRow, isOfAnother } from "#lib/challenges/read";
import { lockChallenge, refusalOf, type Sent, sendTo, waitOf } from "#lib/challenges/send";
import { numberHash, sealNumber } from "#lib/crypto/number-seal";
import { transactionOn } from "#lib/db/in-line";
import { rollback, type Sql, sql } from "#lib/db/sql";
import { stoppedWays } from "#lib/delivery/stops";
import { env } from "#lib/env";
import { type Refused, SENDING_STOPPED } from "#lib/errors";
import { BRAKE, policies } from "#lib/limits/policy";
import { keepSends, type Take } from "#lib/limits/take";
import { readSettings } from "#lib/policy/read";
import { bindPhonePurpose as purpose } from "#lib/purposes/bind-phone";
import { house } from "#lib/purposes/house";
import type { Requester } from "#lib/requester";
import { fail, type Result } from "#lib/result";

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
export async function readNumber(input: BindPhone): Promise<Result<PhoneNumber, Refused>> {
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
 * Gives the challenge that waits for one its number and queues the code. The number is a pending phone until the code comes back;
 * whether it is bound elsewhere is told only then. Another number may follow within the challenge's sends.
 */
export async function bindPhone(token: string, input: BindPhone, requester: Requester): Promise<Result<ChallengeView, Refused>> {
  const number = await readNumber(input);
  let userId: string | null = null;
  const sent = await transactionOn(token, async (tx): Promise<Sent | "pumped"> => {
    const row = await lockChallenge(house, token, tx);
    const otherStep = row !== null && row.purpose !== purpose.name && !isOfAnother(row, input.drawnFor);
    const refusal = otherStep ? { code: "challenge_missing" as const } : refusalOf(row, input.drawnFor);
    if (!row?.userId || refusal) return fail(refusal ?? { code: "challenge_missing" });
    userId = row.userId;
    if (!(await readSettings(tx)).factorsAtSignUp.includes("phone")) return fail({ code: "method_not_available" });
    if (!number.ok) return number;
    if (sendsLeft(row.sends, row.sendsRefunded) === 0) return limited("sends_per_challenge", { code: "too_many_sends", retryAfter: 60 });
    return bindIn(tx, row, row.userId, number.value, input.channel, token, requester);
  });
  if (sent !== "pumped" && !("refused" in sent)) return sent;
  if (sent === "pumped" && number.ok) await brakeBlock(number.value.e164, number.value.country);
  const { policy, answer } =
    sent === "pumped"
      ? { policy: policies.numbersPerBlock.name, answer: { code: "too_many_sends" as const, retryAfter: BRAKE.numberBlock } }
      : sent.refused;
  await recordRefusal({ event: "send.refused", reason: policy, ip: requester.ip, userId });
  return fail(answer);
}

const limited = (policy: string, answer: Refused): Sent => ({ refused: { policy, answer }, userId: null });

async function bindIn(
  tx: Sql,
  row: ChallengeRow,
  userId: string,
  number: PhoneNumber,
  channel: "sms" | "voice",
  token: string,
  requester: Requester,
): Promise<Sent | "pumped"> {
  const { phoneId, fresh } = await pendingPhone(tx, userId, number, channel === "sms" ? "SMS" : "VOICE");
  // The same number again is a resend and waits like one; a corrected number has sent nothing, so it goes out at once.
  const wait = fresh ? 0 : waitOf(row, channel);
  if (wait > 0) return rollback(limited("resend_wait", { code: "too_many_sends", retryAfter: wait }));
  const target: Target = {
    channel: channel === "sms" ? "SMS" : "VOICE",
    authenticatorId: phoneId,
    to: number.e164,
    country: number.country,
    proven: false,
  };
  // Judged before the send is counted; afterwards the number would not be new to its block.
  const counted = !fresh || (await countNewNumber(tx, userId, number.e164));
  const newNumber = fresh ? [{ policy: policies.newNumbersPerAccount, subject: userId }] : [];
  const sent = await sendTo({ house, tx, row, requester }, phone, target, newNumber);
  return counted ? sent : rollback("pumped");
}

/** What may be asked of a number that a signed-in person adds: the target of its code, and the limits that it takes besides those of a send. */
export async function pendingTarget(
  tx: Sql,
  userId: string,
  number: PhoneNumber,
  channel: "SMS" | "VOICE",
): Promise<{ target: Target; others: Take[]; pumped: boolean }> {
  const { phoneId, fresh } = await pendingPhone(tx, userId, number, channel);
  const pumped = fresh && !(await countNewNumber(tx, userId, number.e164));
  const target = { channel, authenticatorId: phoneId, to: number.e164, country: number.country, proven: false };
  return { target, others: fresh ? [{ policy: policies.newNumbersPerAccount, subject: userId }] : [], pumped };
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
    UPDATE phones p SET channel = ${channel}::channel FROM authenticators a
    WHERE a.id = p.id AND a.user_id = ${userId}::uuid AND a.verified_at IS NULL AND p.number_hash = ${hash} RETURNING p.id`;
  if (same) return { phoneId: same.id, fresh: false };
  const givenUp = await tx`
    DELETE FROM authenticators WHERE user_id = ${userId}::uuid AND kind = ${phone.kind} AND verified_at IS NULL RETURNING id`;
  if (givenUp.length > 0) await keepSends(tx, userId);
  const phoneId = randomUUID();
  await tx`
    WITH pending AS (
      INSERT INTO authenticators (id, user_id, kind) VALUES (${phoneId}::uuid, ${userId}::uuid, ${phone.kind}) RETURNING id)
    INSERT INTO phones (id, number_sealed, number_hash, country, channel, voice_only, risk_accepted_at, risk_notice_version)
    SELECT id, ${sealNumber(phoneId, userId, number.e164)}, ${hash}, ${number.country}, ${channel}::channel,
      ${number.landline}::boolean, app_now(), ${RISK_NOTICE_VERSION}::int FROM pending`;
  return { phoneId, fresh: true };
}
