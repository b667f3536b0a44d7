import { randomUUID } from "node:crypto";
import { sealCode } from "#lib/crypto/code-seal";
import { newOtp } from "#lib/crypto/codes";
import { keyedHash, newToken } from "#lib/crypto/hash";
import { numberHash, sealNumber } from "#lib/crypto/number-seal";
import { sql, transaction } from "#lib/db/sql";

/** Inserts accounts that wait for a text, as sign-ins leave them, and the jobs that send the texts. Returns their numbers. */
export async function queueTexts(count: number, from: number): Promise<string[]> {
  const numbers: string[] = [];
  for (let done = 0; done < count; done += 500) numbers.push(...(await batch(Math.min(500, count - done), from + done)));
  return numbers;
}

async function batch(count: number, from: number): Promise<string[]> {
  const rows = Array.from({ length: count }, (_, index) => {
    const [user, phone, challenge, message] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    const e164 = `+8190${String(10_000_000 + from + index)}`;
    return {
      user,
      phone,
      challenge,
      message,
      e164,
      sealedNumber: sealNumber(phone, user, e164),
      hash: numberHash(e164),
      code: sealCode({ challengeId: challenge, authenticatorId: phone, owner: user }, newOtp()),
    };
  });
  const column = <Key extends keyof (typeof rows)[number]>(key: Key) => rows.map((row) => row[key]);
  await transaction(async (tx) => {
    await tx`INSERT INTO users (id, email, password_hash, locale) SELECT u, u || '@example.jp', 'none', 'ja' FROM unnest(${column("user")}::uuid[]) u`;
    await tx`
      INSERT INTO authenticators (id, user_id, kind, verified_at)
      SELECT p, u, 'phone', app_now() FROM unnest(${column("phone")}::uuid[], ${column("user")}::uuid[]) AS t(p, u)`;
    await tx`
      INSERT INTO phones (id, number_sealed, number_hash, slot, country, channel, risk_accepted_at, risk_notice_version)
      SELECT p, s, h, 1, 'JP', 'SMS', app_now(), 1
      FROM unnest(${column("phone")}::uuid[], ${column("sealedNumber")}::text[], ${column("hash")}::bytea[]) AS t(p, s, h)`;
    await tx`
      INSERT INTO challenges (id, token_hash, purpose, user_id, locale, sends, current_channel, current_authenticator_id, expires_at)
      SELECT c, t, 'SIGN_IN', u, 'ja', 1, 'SMS', p, app_now() + interval '10 minutes'
      FROM unnest(${column("challenge")}::uuid[], ${rows.map(() => keyedHash("token", "challenge", newToken()))}::bytea[], ${column("user")}::uuid[], ${column("phone")}::uuid[]) AS t(c, t, u, p)`;
    await tx`
      INSERT INTO challenge_codes (challenge_id, authenticator_id, sealed, expires_at) SELECT c, p, s, app_now() + interval '10 minutes'
      FROM unnest(${column("challenge")}::uuid[], ${column("phone")}::uuid[], ${column("code")}::text[]) AS t(c, p, s)`;
    await tx`
      INSERT INTO messages (id, challenge_id, user_id, authenticator_id, template, channel, locale) SELECT m, c, u, p, 'code.SIGN_IN', 'SMS', 'ja'
      FROM unnest(${column("message")}::uuid[], ${column("challenge")}::uuid[], ${column("user")}::uuid[], ${column("phone")}::uuid[]) AS t(m, c, u, p)`;
    await tx`
      SELECT graphile_worker.add_job('send_message', json_build_object('messageId', m), max_attempts => 5, priority => -10) FROM unnest(${column("message")}::text[]) m`;
  });
  return column("e164");
}

export const stillQueued = async (): Promise<number> =>
  (await sql<{ n: number }>`SELECT count(*)::int AS n FROM messages WHERE status = 'queued'`)[0]?.n ?? 0;
