import { sql } from "#lib/db/sql";
import type { Account } from "#lib/testing/fixtures";

/** What no read of the console may hold of an account, as JSON writes it: address, number, its last four digits, and whatever is sealed or hashed. */
export async function secretsOf(account: Account): Promise<string[]> {
  const [row] = await sql<{ all: (string | null)[] }>`
    SELECT ARRAY[u.password_hash, (SELECT p.number_sealed FROM phones p WHERE p.id = ${account.phoneId}::uuid),
      (SELECT encode(p.number_hash, 'hex') FROM phones p WHERE p.id = ${account.phoneId}::uuid),
      (SELECT t.seed_sealed FROM totp t JOIN authenticators a ON a.id = t.id WHERE a.user_id = u.id LIMIT 1),
      (SELECT k.sealed FROM challenge_codes k JOIN challenges c ON c.id = k.challenge_id WHERE c.user_id = u.id LIMIT 1),
      (SELECT encode(s.token_hash, 'hex') FROM sessions s WHERE s.user_id = u.id LIMIT 1)] AS all
    FROM users u WHERE u.id = ${account.userId}::uuid`;
  const local = account.e164.replace(/^\+81/, "0");
  return [account.email, account.e164, local, `"${account.e164.slice(-4)}"`, ...(row?.all ?? []).flatMap((one) => one ?? [])];
}
