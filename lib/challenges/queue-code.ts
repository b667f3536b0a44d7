import { randomUUID } from "node:crypto";
import { sealCode } from "#lib/crypto/code-seal";
import { newOtp } from "#lib/crypto/codes";
import type { Channel } from "#lib/db/generated/enums";
import type { Sql } from "#lib/db/sql";
import { env } from "#lib/env";
import type { Refused } from "#lib/errors";
import { ALL, blockOf, brakeSeconds } from "#lib/limits/brakes";
import { budgetPolicies, newNumberSendsPerIp, policies } from "#lib/limits/policy";
import { type Take, takeLimits } from "#lib/limits/take";

/** Where a code goes: a phone of the account (`proven` once it was bound), or the address of the challenge. */
export type Target =
  | { channel: "EMAIL"; email: string }
  | { channel: "SMS" | "VOICE"; phoneId: string; e164: string; country: string; proven: boolean };

/** What a send counts against: number, account, address, prefix and budgets (security 1.0). */
function takesOf(target: Target, userId: string | null, ip: string, braked: boolean): Take[] {
  const perIp: Take = { policy: policies.sendsPerIp, subject: ip };
  if (target.channel === "EMAIL") return [perIp, { policy: policies.mailsPerAddress, subject: target.email }];
  const budgets = budgetPolicies(env());
  const account: Take[] = userId ? [{ policy: policies.sendsPerAccount, subject: userId, owner: userId }] : [];
  const toNewNumbers: Take[] = target.proven ? [] : [{ policy: newNumberSendsPerIp(braked), subject: ip, owner: userId }];
  return [
    perIp,
    ...toNewNumbers,
    // Strangers who name a number, or its neighbours, in their sign-ups must not keep its owner out (RL-06).
    { policy: policies.sendsPerPhone, subject: target.e164, owner: userId, ownOnly: target.proven },
    { policy: policies.sendsPerPrefix, subject: blockOf(target.e164), owner: userId, ownOnly: target.proven },
    { policy: budgets.sendsPerDay, subject: "all" },
    { policy: budgets.sendsPerCountry, subject: target.country },
    ...account,
  ];
}

const BUDGETS: readonly string[] = ["sends_per_day", "sends_per_country"];
const REQUESTS: readonly string[] = [policies.newNumbersPerAccount.name];

/** Takes the limits of one send, with others of the same request; a refusal takes none. */
export async function takeSendLimits(
  tx: Sql,
  target: Target,
  userId: string | null,
  ip: string,
  others: Take[] = [],
): Promise<Refused | null> {
  let braked = false;
  if (target.channel !== "EMAIL" && !target.proven) {
    const seconds = await brakeSeconds(tx, "number_block", blockOf(target.e164));
    if (seconds > 0) return { code: "too_many_sends", retryAfter: seconds };
    braked = (await brakeSeconds(tx, "conversion", target.country, ALL)) > 0;
  }
  const refusal = await takeLimits(tx, [...takesOf(target, userId, ip, braked), ...others]);
  if (!refusal) return null;
  if (BUDGETS.includes(refusal.policy)) return { code: "too_many_sends", retryAfter: refusal.retryAfter, reason: "budget_spent" };
  return { code: REQUESTS.includes(refusal.policy) ? "too_many_requests" : "too_many_sends", retryAfter: refusal.retryAfter };
}

type Queue = { challengeId: string; userId: string | null; locale: string; purpose: string; target: Target };

/**
 * Makes the code of (challenge, authenticator) if there is none yet, writes the message and queues its sending, all in
 * the transaction that opens or extends the challenge: a text is never lost and never sent for what was rolled back.
 * A resend repeats the same code and never extends its life (NIST SP 800-63B-4 3.1.3.2, OTP-09); only a code that is over is
 * followed by another, because a challenge that waited for its number outlives it. No counter is reset.
 */
export async function queueCode(tx: Sql, { challengeId, userId, locale, purpose, target }: Queue): Promise<void> {
  const phoneId = target.channel === "EMAIL" ? null : target.phoneId;
  const owner = userId ?? (target.channel === "EMAIL" ? target.email : null);
  if (owner === null) throw new Error("a code for nobody");
  const sealed = sealCode({ challengeId, phoneId, owner }, newOtp());
  const messageId = randomUUID();
  await tx`
    WITH code AS (
      INSERT INTO challenge_codes (challenge_id, phone_id, sealed, expires_at)
      SELECT id, ${phoneId}::uuid, ${sealed}, least(expires_at, app_now() + make_interval(secs => ${env().OTP_TTL_SECONDS}::int))
      FROM challenges WHERE id = ${challengeId}::uuid
      ON CONFLICT (challenge_id, phone_id) DO UPDATE SET sealed = EXCLUDED.sealed, expires_at = EXCLUDED.expires_at
        WHERE challenge_codes.expires_at <= app_now()
    ), message AS (
      INSERT INTO messages (id, challenge_id, user_id, phone_id, template, channel, country, locale)
      VALUES (${messageId}::uuid, ${challengeId}::uuid, ${userId}::uuid, ${phoneId}::uuid, ${`code.${purpose}`}, ${target.channel as Channel}::channel,
              ${target.channel === "EMAIL" ? null : target.country}, ${locale})
    )
    SELECT graphile_worker.add_job('send_message', json_build_object('messageId', ${messageId}::text), max_attempts => 5, priority => -10)`;
}
