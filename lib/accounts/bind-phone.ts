import { randomUUID } from "node:crypto";
import { recordRefusal } from "#lib/audit/refused";
import { phone } from "#lib/authenticators/phones/authenticator";
import { brakeBlock, countNewNumber } from "#lib/authenticators/phones/count-new-number";
import { type PhoneNumber, parseNumber } from "#lib/authenticators/phones/number";
import { type ChallengeView, sendsLeft } from "#lib/challenges/challenge";
import type { Target } from "#lib/challenges/port";
import { type ChallengeRow, isOfAnother, loadChallenge } from "#lib/challenges/read";
import { lockChallenge, refusalOf, type Sent, sendTo, waitOf } from "#lib/challenges/send";
import { numberHash, openNumber, sealNumber } from "#lib/crypto/number-seal";
import { transactionOn } from "#lib/db/in-line";
import { rollback, type Sql, sql } from "#lib/db/sql";
import { stoppedWays } from "#lib/delivery/stops";
import { env } from "#lib/env";
import { type Refused, SENDING_STOPPED, tooManySends } from "#lib/errors";
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

/**
 * Whether an enabled provider account carries calls to one of these countries, by default to any allowed one; otherwise no call is offered and
 * no landline is bound.
 */
export async function callsCarried(countries: string[] = allowedCountries()): Promise<boolean> {
  const [row] = await sql<{ carried: boolean }>`
    SELECT coalesce(bool_or(calls_carried(c, ${env().demo})), false) AS carried FROM unnest(${countries}::text[]) c`;
  return row?.carried ?? false;
}

/** Returns the methods that an operator has stopped for every allowed country. */
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

/** The number that a member brought along from another system and has not proven yet, for the challenge that waits for one; null where there is none. */
export async function broughtNumber(token: string): Promise<string | null> {
  const row = await loadChallenge(house, token);
  if (!row?.userId || row.purpose !== purpose.name || row.sessionId !== null) return null;
  const [pending] = await sql<{ id: string; sealed: string }>`
    SELECT p.id, p.number_sealed AS sealed FROM authenticators a JOIN phones p ON p.id = a.id
    WHERE a.user_id = ${row.userId}::uuid AND a.kind = ${phone.kind} AND a.verified_at IS NULL LIMIT 1`;
  return pending ? openNumber(pending.id, row.userId, pending.sealed) : null;
}

/**
 * Sets the number of a challenge that waits for one and queues the code. The number is a pending phone until the code is proven; only then the
 * answer says whether another account holds it. Another number may follow within the challenge's sends.
 */
export async function bindPhone(token: string, input: BindPhone, requester: Requester): Promise<Result<ChallengeView, Refused>> {
  // Nothing typed means the number that came along.
  const typed = input.number.trim() === "" ? ((await broughtNumber(token)) ?? "") : input.number;
  const number = await readNumber({ ...input, number: typed });
  let userId: string | null = null;
  const sent = await transactionOn(token, async (tx): Promise<Sent | "pumped"> => {
    const row = await lockChallenge(house, token, tx);
    // What a session asked for has its number already: another one takes a step-up of its own (`addPhone`).
    const otherStep = row !== null && (row.purpose !== purpose.name || row.sessionId !== null) && !isOfAnother(row, input.drawnFor);
    const refusal = otherStep ? { code: "challenge_missing" as const } : refusalOf(row, input.drawnFor);
    if (!row?.userId || refusal) return fail(refusal ?? { code: "challenge_missing" });
    userId = row.userId;
    if (!(await readSettings(tx)).factorsAtSignUp.includes("phone")) return fail({ code: "method_not_available" });
    if (!number.ok) return number;
    if (sendsLeft(row.sends, row.sendsRefunded) === 0) return limited("sends_per_challenge", tooManySends(60));
    return bindIn(tx, row, row.userId, number.value, input.channel, requester);
  });
  if (sent !== "pumped" && !("refused" in sent)) return sent;
  if (sent === "pumped" && number.ok) await brakeBlock(number.value.e164, number.value.country);
  const { policy, answer } =
    sent === "pumped" ? { policy: policies.numbersPerBlock.name, answer: tooManySends(BRAKE.numberBlock) } : sent.refused;
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
  requester: Requester,
): Promise<Sent | "pumped"> {
  const { phoneId, fresh } = await pendingPhone(tx, userId, number, channel === "sms" ? "SMS" : "VOICE");
  // The same number again is a resend and waits like one; a corrected number has sent nothing, so it goes out at once.
  const wait = fresh ? 0 : waitOf(purpose, row, channel);
  if (wait > 0) return rollback(limited("resend_wait", tooManySends(wait)));
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

/** Returns the target of a code to a number that a signed-in person adds, and the limits that it takes besides those of a send. */
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
