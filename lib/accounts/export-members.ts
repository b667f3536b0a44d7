import { record } from "#lib/audit/record";
import { openNumber } from "#lib/crypto/number-seal";
import { isForeign } from "#lib/crypto/password-hash";
import { sql } from "#lib/db/sql";

/** Members who leave for another system: what `npm run import` reads, so that leaving is as easy as coming. */

/**
 * One member. The hash is argon2id under the pepper of its key, and empty where only a keyed mark of an earlier system's hash is kept (`markOnly`). The
 * phone is a proven one, or else the one that came along or was begun; `phoneProven` is null without a phone.
 */
export type ExportRow = {
  email: string;
  passwordHash: string;
  pepperOf: string;
  markOnly: boolean;
  phone: string;
  phoneProven: boolean | null;
  groups: string[];
};

type Row = {
  id: string;
  email: string;
  passwordHash: string;
  phoneId: string | null;
  sealed: string | null;
  proven: boolean | null;
  groups: string[];
};

const PAGE = 1000;

/**
 * All members in the order of their ids, a page at a time; closed accounts are left out. The export is an event of the audit log before its first
 * member; `by` names its author, `peppers` whether their keys are given out too.
 */
export async function* exportMembers({ by, peppers = false }: { by: string; peppers?: boolean }): AsyncGenerator<ExportRow> {
  await record(sql, { event: "members.exported", method: `${peppers ? "peppers " : ""}${by}`, ip: "", userAgent: "" });
  let after = "00000000-0000-0000-0000-000000000000";
  for (;;) {
    const rows = await sql<Row>`
      SELECT u.id, u.email, u.password_hash, p.id AS phone_id, p.number_sealed AS sealed, p.proven,
        ARRAY(SELECT g.name FROM user_groups g WHERE g.user_id = u.id ORDER BY g.name) AS groups
      FROM users u LEFT JOIN LATERAL (
        SELECT id, number_sealed, verified_at IS NOT NULL AS proven FROM account_phones WHERE user_id = u.id
        ORDER BY verified_at IS NULL, preferred DESC, created_at LIMIT 1) p ON true
      WHERE u.id > ${after}::uuid AND u.closed_at IS NULL ORDER BY u.id LIMIT ${PAGE}::int`;
    for (const { id, email, passwordHash, phoneId, sealed, proven, groups } of rows) {
      const at = passwordHash.indexOf(":");
      const own = !isForeign(passwordHash);
      yield {
        email,
        passwordHash: own ? passwordHash.slice(at + 1) : "",
        pepperOf: own ? passwordHash.slice(0, at) : "",
        markOnly: !own,
        phone: phoneId && sealed ? openNumber(phoneId, id, sealed) : "",
        phoneProven: proven,
        groups,
      };
    }
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) return;
    after = last.id;
  }
}
