import { type PhoneRow, whoseOf } from "#lib/challenges/view";
import type { Purpose } from "#lib/db/generated/enums";
import { sql } from "#lib/db/sql";
import type { Whose } from "#lib/words/whose";

type Row = {
  purpose: Purpose | null;
  userId: string | null;
  email: string | null;
  accountEmail: string | null;
  phones: PhoneRow[];
  done: boolean;
};

/**
 * Resolves the id from a form's sealed name to the owner of the challenge or session and to whether the challenge was completed; null if it no
 * longer exists.
 */
export async function readDrawn(id: string): Promise<{ whose: Whose; done: boolean } | null> {
  const [row] = await sql<Row>`
    SELECT c.purpose, c.user_id, c.email, u.email AS account_email, c.consumed_at IS NOT NULL AS done,
      coalesce((SELECT json_agg(json_build_object('id', p.id, 'sealed', p.number_sealed) ORDER BY p.created_at)
        FROM phones p WHERE p.user_id = c.user_id AND p.disabled_at IS NULL AND p.verified_at IS NOT NULL), '[]') AS phones
    FROM challenges c LEFT JOIN users u ON u.id = c.user_id WHERE c.id = ${id}::uuid
    UNION ALL
    SELECT NULL, u.id, u.email, u.email, false, '[]' FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ${id}::uuid`;
  return row ? { whose: whoseOf({ ...row, purpose: row.purpose ?? "STEP_UP" }), done: row.done } : null;
}
