import { randomUUID } from "node:crypto";
import pg from "pg";
import { selectorOf } from "#lib/authenticators/recovery-codes/match";
import { newOtp, newRecoveryCode } from "#lib/crypto/codes";
import { keyedHash, newToken } from "#lib/crypto/hash";
import { numberHash } from "#lib/crypto/number-seal";
import { hashSecret } from "#lib/crypto/password-hash";
import { seal } from "#lib/crypto/seal";
import { migrate } from "#lib/db/migrate";
import { freshNumber, PASSWORD } from "#lib/testing/fixtures";
import { folder } from "#lib/testing/older-folder";

/** Rows in the tables as they were before `authenticators`, sealed in the places of that version; used by the test of the migration alone. */

/** The first migrations that this version of the tables lacks. */
export const NEWER = ["20261127120000_authenticators", "20261127121000_monthly_keys"];

/** Makes a database as the version before left it, by the product's own `migrate`; `maintenance` is any other database of the server. */
export async function oldDatabase(maintenance: string, url: string): Promise<string[]> {
  const admin = new pg.Client({ connectionString: maintenance });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${new URL(url).pathname.slice(1)}`).finally(() => admin.end());
  folder.ends = NEWER[0] ?? null;
  const { applied } = await migrate(url).finally(() => {
    folder.ends = null;
  });
  return applied;
}

export type OldAccount = { userId: string; email: string };
export type OldPhone = { phoneId: string; e164: string };
export type OldChallenge = { id: string; token: string; code: string };
type PhoneState = { bound?: boolean; failures?: number; disabled?: boolean; usedDaysAgo?: number };
type ChallengeState = { purpose: string; account?: OldAccount; email?: string; phone?: OldPhone; attempts?: number };

let hashed: Promise<string> | undefined;

/** Writes rows by one connection of the owner. */
export function oldRows(client: pg.Client) {
  const write = (text: string, values: unknown[]) => client.query(text, values);

  async function account(columns: { confirmed?: boolean; disabled?: boolean; failures?: number } = {}): Promise<OldAccount> {
    hashed ??= hashSecret(PASSWORD);
    const userId = randomUUID();
    const email = `${userId}@example.jp`;
    await write(
      `INSERT INTO users (id, email, password_hash, locale, recovery_confirmed_at, disabled_at, factor_failures)
       VALUES ($1, $2, $3, 'ja', CASE WHEN $4 THEN now() END, CASE WHEN $5 THEN now() END, $6)`,
      [userId, email, await hashed, columns.confirmed ?? false, columns.disabled ?? false, columns.failures ?? 0],
    );
    return { userId, email };
  }

  async function phone({ userId }: OldAccount, state: PhoneState = {}): Promise<OldPhone> {
    const { bound = true, failures = 0, disabled = false, usedDaysAgo = 1 } = state;
    const [phoneId, e164] = [randomUUID(), freshNumber()];
    const sealed = seal(e164, { table: "phones", column: "number_sealed", row: phoneId, owner: userId });
    await write(
      `INSERT INTO phones (id, user_id, number_sealed, number_hash, slot, country, channel, failures, disabled_at, risk_accepted_at,
         risk_notice_version, verified_at, last_used_at)
       VALUES ($1, $2, $3, $4, CASE WHEN $5 THEN 1 END, 'JP', 'SMS', $6, CASE WHEN $7 THEN now() END, now(), 1, CASE WHEN $5 THEN now() END,
         now() - make_interval(days => $8))`,
      [phoneId, userId, sealed, numberHash(e164), bound, failures, disabled, usedDaysAgo],
    );
    return { phoneId, e164 };
  }

  /** An open challenge with a live code: of a phone, or of its address. */
  async function challenge({ purpose, account: of, email, phone: to, attempts = 0 }: ChallengeState): Promise<OldChallenge> {
    const [id, token, code] = [randomUUID(), newToken(), newOtp()];
    const place = { table: "challenge_codes", column: "sealed", row: `${id}/${to?.phoneId ?? "email"}`, owner: of?.userId ?? email ?? "" };
    await write(
      `INSERT INTO challenges (id, token_hash, purpose, user_id, email, password_hash, locale, sends, attempts, current_channel, current_phone_id, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, 'ja', 1, $7, $8, $9, now() + interval '10 minutes')`,
      [
        id,
        keyedHash("token", "challenge", token),
        purpose,
        of?.userId,
        email,
        of ? null : await hashSecret(PASSWORD),
        attempts,
        to ? "SMS" : "EMAIL",
        to?.phoneId,
      ],
    );
    await write(
      `INSERT INTO challenge_codes (challenge_id, phone_id, sealed, expires_at) VALUES ($1, $2, $3, now() + interval '10 minutes')`,
      [id, to?.phoneId, seal(code, place)],
    );
    return { id, token, code };
  }

  /** A set that is shown and not confirmed. */
  async function sealedCodes({ userId }: OldAccount): Promise<string[]> {
    const codes = Array.from({ length: 10 }, newRecoveryCode);
    const sealed = seal(JSON.stringify(codes), { table: "users", column: "recovery_sealed", row: userId, owner: userId });
    await write("UPDATE users SET recovery_sealed = $2 WHERE id = $1", [userId, sealed]);
    return codes;
  }

  /** A confirmed set, of which the first codes are used. */
  async function savedCodes({ userId }: OldAccount, used: number): Promise<string[]> {
    const codes = Array.from({ length: 10 }, newRecoveryCode);
    for (const [index, code] of codes.entries()) {
      const typed = code.replaceAll("-", "");
      await write("INSERT INTO recovery_codes (user_id, selector, hash, used_at) VALUES ($1, $2, $3, CASE WHEN $4 THEN now() END)", [
        userId,
        selectorOf(userId, typed),
        await hashSecret(typed),
        index < used,
      ]);
    }
    return codes;
  }

  /** A text of a challenge; `sent` adds the attempt of a provider account whose receipt has not come. */
  async function text(of: OldAccount, { id }: OldChallenge, { phoneId }: OldPhone, purpose: string, sent = false): Promise<string> {
    const messageId = randomUUID();
    await write(
      `INSERT INTO messages (id, challenge_id, user_id, phone_id, template, channel, country, locale, status, tries)
       VALUES ($1, $2, $3, $4, $5, 'SMS', 'JP', 'ja', $6, $7)`,
      [messageId, id, of.userId, phoneId, `code.${purpose}`, sent ? "sent" : "queued", sent ? 1 : 0],
    );
    if (sent)
      await write(
        `INSERT INTO delivery_attempts (message_id, provider, account_id, provider_ref, status, ended_at)
         SELECT $1, name, id, $2, 'sent', now() FROM provider_accounts WHERE name = 'demo'`,
        [messageId, messageId],
      );
    return messageId;
  }

  return { account, phone, challenge, sealedCodes, savedCodes, text };
}

/** Statements that fill a database of that version with accounts, each with a phone; a tenth has recovery codes, and each has two texts. */
export const oldCrowd = (accounts: number): string[] => {
  const id = (n: string) => `lpad(to_hex(${n}), 32, '0')::uuid`;
  const from = `FROM generate_series(1, ${accounts}) n`;
  return [
    "SET session_replication_role = replica",
    "SET synchronous_commit = off",
    `INSERT INTO users (id, email, password_hash, locale, recovery_confirmed_at, created_at)
       SELECT ${id("n")}, 'crowd-' || n || '@example.jp', 'x', 'ja', CASE WHEN n % 10 = 0 THEN now() END, now() ${from}`,
    `INSERT INTO phones (id, user_id, number_sealed, number_hash, slot, country, channel, risk_accepted_at, risk_notice_version, verified_at, created_at)
       SELECT ${id("n")}, ${id("n")}, repeat('x', 90), sha256(n::text::bytea), 1, 'JP', 'SMS', now(), 1, now(), now() ${from}`,
    `INSERT INTO recovery_codes (user_id, selector, hash, created_at)
       SELECT ${id("n")}, sha256((n || '/' || k)::bytea), repeat('x', 97), now() ${from}, generate_series(1, 10) k WHERE n % 10 = 0`,
    `INSERT INTO messages (id, user_id, phone_id, template, channel, country, locale, status, created_at, status_at)
       SELECT ${id("m")}, ${id("(m + 1) / 2")}, ${id("(m + 1) / 2")}, CASE WHEN m % 2 = 0 THEN 'code.BIND_PHONE' ELSE 'code.SIGN_IN' END, 'SMS', 'JP', 'ja',
         'delivered', now() - make_interval(mins => m), now() FROM generate_series(1, ${2 * accounts}) m`,
    `INSERT INTO delivery_attempts (id, message_id, provider, provider_ref, status, started_at, status_at, ended_at)
       SELECT ${id("m")}, ${id("m")}, 'demo', m::text, 'delivered', now(), now(), now() FROM generate_series(1, ${2 * accounts}) m`,
  ];
};
