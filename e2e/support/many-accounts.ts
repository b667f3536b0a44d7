import { randomUUID } from "node:crypto";
import { numberHash, sealNumber } from "#lib/crypto/number-seal";
import { hashSecret } from "#lib/crypto/password-hash";
import { sql } from "#lib/db/sql";
import { PASSWORD } from "./api.ts";

/** `node many-accounts.ts COUNT`: finished accounts of one password, each with a bound number, by rows; prints their addresses as JSON. */

const count = Number(process.argv[2]);
const rows = Array.from({ length: count }, (_, index) => {
  const [user, phone, e164] = [randomUUID(), randomUUID(), `+8180${String(10_000_000 + index)}`];
  return { user, email: `${user}@example.jp`, phone, sealed: sealNumber(phone, user, e164), hash: numberHash(e164) };
});
const column = <Key extends keyof (typeof rows)[number]>(key: Key) => rows.map((row) => row[key]);
await sql`
  INSERT INTO users (id, email, password_hash, locale, recovery_confirmed_at)
  SELECT u, e, ${await hashSecret(PASSWORD)}, 'ja', app_now() FROM unnest(${column("user")}::uuid[], ${column("email")}::text[]) AS t(u, e)`;
await sql`
  INSERT INTO phones (id, user_id, number_sealed, number_hash, slot, country, channel, risk_accepted_at, risk_notice_version, verified_at)
  SELECT p, u, s, h, 1, 'JP', 'SMS', app_now(), 1, app_now()
  FROM unnest(${column("phone")}::uuid[], ${column("user")}::uuid[], ${column("sealed")}::text[], ${column("hash")}::bytea[]) AS t(p, u, s, h)`;
console.log(JSON.stringify(column("email")));
process.exit(0);
