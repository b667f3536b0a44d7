import { randomUUID } from "node:crypto";
import { numberHash, sealNumber } from "#lib/crypto/number-seal";
import { hashSecret } from "#lib/crypto/password-hash";
import { sql } from "#lib/db/sql";
import { PASSWORD } from "./api.ts";

/** `node many-accounts.ts COUNT`: inserts completed accounts with one password and a bound number each; prints their addresses as JSON. */

const count = Number(process.argv[2]);
const rows = Array.from({ length: count }, (_, index) => {
  const [user, phone, e164] = [randomUUID(), randomUUID(), `+8180${String(10_000_100 + index)}`];
  return { user, email: `${user}@example.jp`, phone, sealed: sealNumber(phone, user, e164), hash: numberHash(e164) };
});
const column = <Key extends keyof (typeof rows)[number]>(key: Key) => rows.map((row) => row[key]);
await sql`
  INSERT INTO users (id, email, password_hash, locale)
  SELECT u, e, ${await hashSecret(PASSWORD)}, 'ja' FROM unnest(${column("user")}::uuid[], ${column("email")}::text[]) AS t(u, e)`;
await sql`
  WITH saved AS (
    INSERT INTO authenticators (user_id, kind, verified_at) SELECT u, 'recovery_codes', app_now() FROM unnest(${column("user")}::uuid[]) u RETURNING id)
  INSERT INTO recovery_code_sets (id) SELECT id FROM saved`;
await sql`
  INSERT INTO authenticators (id, user_id, kind, verified_at)
  SELECT p, u, 'phone', app_now() FROM unnest(${column("phone")}::uuid[], ${column("user")}::uuid[]) AS t(p, u)`;
await sql`
  INSERT INTO phones (id, number_sealed, number_hash, slot, country, channel, risk_accepted_at, risk_notice_version)
  SELECT p, s, h, 1, 'JP', 'SMS', app_now(), 1
  FROM unnest(${column("phone")}::uuid[], ${column("sealed")}::text[], ${column("hash")}::bytea[]) AS t(p, s, h)`;
console.log(JSON.stringify(column("email")));
process.exit(0);
