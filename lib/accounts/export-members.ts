import { openNumber } from "#lib/crypto/number-seal";
import { isForeign } from "#lib/crypto/password-hash";
import { sql } from "#lib/db/sql";

/** Members who leave for another system: what `npm run import` reads, so that leaving is as easy as coming. */

/** One member; the hash is argon2id under the pepper of its key, and empty where only a keyed mark of an earlier system's hash is kept. */
export type ExportRow = { email: string; passwordHash: string; pepperOf: string; phone: string; groups: string[] };

type Row = { id: string; email: string; passwordHash: string; phoneId: string | null; sealed: string | null; groups: string[] };

const PAGE = 1000;

/** All members in the order of their ids, a page at a time; closed accounts are left out. */
export async function* exportMembers(): AsyncGenerator<ExportRow> {
  let after = "00000000-0000-0000-0000-000000000000";
  for (;;) {
    const rows = await sql<Row>`
      SELECT u.id, u.email, u.password_hash, p.id AS phone_id, p.number_sealed AS sealed,
        ARRAY(SELECT g.name FROM user_groups g WHERE g.user_id = u.id ORDER BY g.name) AS groups
      FROM users u LEFT JOIN LATERAL (
        SELECT id, number_sealed FROM account_phones WHERE user_id = u.id AND verified_at IS NOT NULL ORDER BY preferred DESC, created_at LIMIT 1) p ON true
      WHERE u.id > ${after}::uuid AND u.closed_at IS NULL ORDER BY u.id LIMIT ${PAGE}::int`;
    for (const { id, email, passwordHash, phoneId, sealed, groups } of rows) {
      const at = passwordHash.indexOf(":");
      const own = !isForeign(passwordHash);
      yield {
        email,
        passwordHash: own ? passwordHash.slice(at + 1) : "",
        pepperOf: own ? passwordHash.slice(0, at) : "",
        phone: phoneId && sealed ? openNumber(phoneId, id, sealed) : "",
        groups,
      };
    }
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = last.id;
  }
}
