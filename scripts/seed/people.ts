import { randomInt, randomUUID } from "node:crypto";
import type pg from "pg";
import { numberHash, sealNumber } from "#lib/crypto/number-seal";
import { hashSecret } from "#lib/crypto/password-hash";

/** The accounts of a seed: each with a proven phone, whose number is sealed under the real keys. One password is everybody's. */

export const SEED_PASSWORD = "ながい あいことば 42";

const BATCH = 5_000;

const families = "sato suzuki takahashi tanaka ito watanabe yamamoto nakamura kobayashi kato yoshida yamada sasaki matsumoto inoue".split(
  " ",
);
const givens = "hanako taro yui haruto sakura ren aoi minato rin sota akari yuto mei riku misaki kaito".split(" ");

const nameOf = (index: number): string => `${families[randomInt(families.length)]}.${givens[randomInt(givens.length)]}.${index}@example.jp`;

/** Numbers of 070 in steps of seven, so that their last two digits are spread. */
export const numberOf = (index: number): string => `+8170${String(10_000_000 + index * 7)}`;

/** Writes the accounts, and the table `seed_people` of this connection that the history draws from; account 1 is the most active one. */
export async function fillPeople(client: pg.Client, count: number): Promise<void> {
  await client.query(
    `CREATE TEMP TABLE seed_people (n int PRIMARY KEY, user_id uuid, phone_id uuid, subject uuid, digits text, created_at timestamptz)`,
  );
  const hash = await hashSecret(SEED_PASSWORD);
  for (let from = 1; from <= count; from += BATCH) await batch(client, from, Math.min(count, from + BATCH - 1));
  // Sign-ups of a year that grew all the time.
  await client.query(`UPDATE seed_people SET created_at = app_now() - interval '365 days' * (1 - sqrt(random()))`);
  await client.query(
    `INSERT INTO users (id, email, password_hash, locale, audit_subject, created_at)
     SELECT p.user_id, a.email, $1, CASE WHEN random() < 0.03 THEN 'en' ELSE 'ja' END, p.subject, p.created_at FROM seed_people p JOIN seed_addresses a USING (n)`,
    [hash],
  );
  await client.query(`
    INSERT INTO authenticators (id, user_id, kind, verified_at, last_used_at, created_at)
    SELECT phone_id, user_id, 'phone', created_at + interval '2 minutes', greatest(created_at, app_now() - interval '120 days' * random()), created_at FROM seed_people`);
  await client.query(`
    INSERT INTO phones (id, number_sealed, number_hash, slot, country, channel, risk_accepted_at, risk_notice_version)
    SELECT p.phone_id, a.sealed, a.hash, 1, 'JP', 'SMS', p.created_at, 1 FROM seed_people p JOIN seed_addresses a USING (n)`);
  await client.query(`
    WITH saved AS (
      INSERT INTO authenticators (user_id, kind, verified_at, created_at) SELECT user_id, 'recovery_codes', created_at + interval '3 minutes', created_at FROM seed_people RETURNING id)
    INSERT INTO recovery_code_sets (id) SELECT id FROM saved`);
  await client.query(`
    INSERT INTO known_devices (token_hash, user_id, created_at, last_used_at, expires_at, user_agent)
    SELECT sha256(gen_random_uuid()::text::bytea), user_id, created_at, app_now(), app_now() + interval '180 days', 'Mozilla/5.0 (seed)' FROM seed_people WHERE n % 5 < 3`);
  await client.query("DROP TABLE seed_addresses");
  await client.query("ANALYZE seed_people");
}

async function batch(client: pg.Client, from: number, to: number): Promise<void> {
  const rows = Array.from({ length: to - from + 1 }, (_, offset) => {
    const n = from + offset;
    const [user, phone, number] = [randomUUID(), randomUUID(), numberOf(n)];
    return {
      n,
      user,
      phone,
      email: nameOf(n),
      digits: number.slice(-2),
      sealed: sealNumber(phone, user, number),
      hash: numberHash(number),
    };
  });
  const of = <Key extends keyof (typeof rows)[number]>(key: Key) => rows.map((row) => row[key]);
  await client.query("CREATE TEMP TABLE IF NOT EXISTS seed_addresses (n int PRIMARY KEY, email text, sealed text, hash bytea)");
  await client.query("INSERT INTO seed_addresses SELECT * FROM unnest($1::int[], $2::text[], $3::text[], $4::bytea[])", [
    of("n"),
    of("email"),
    of("sealed"),
    of("hash"),
  ]);
  await client.query(
    "INSERT INTO seed_people SELECT n, u, p, gen_random_uuid(), d FROM unnest($1::int[], $2::uuid[], $3::uuid[], $4::text[]) AS t(n, u, p, d)",
    [of("n"), of("user"), of("phone"), of("digits")],
  );
}
