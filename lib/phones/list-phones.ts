import { openNumber } from "#lib/crypto/number-seal";
import { sql } from "#lib/db/sql";
import { lastDigits } from "#lib/phones/number";

/** A bound phone as its owner sees it. */
export type PhoneLine = { id: string; lastDigits: string; voiceOnly: boolean };

/** The bound phones of one account, the oldest first; four digits of each (PH-06). */
export async function listPhones(userId: string): Promise<PhoneLine[]> {
  const rows = await sql<{ id: string; numberSealed: string; voiceOnly: boolean }>`
    SELECT id, number_sealed, voice_only FROM phones
    WHERE user_id = ${userId}::uuid AND verified_at IS NOT NULL AND disabled_at IS NULL ORDER BY created_at`;
  return rows.map((row) => ({
    id: row.id,
    lastDigits: lastDigits(openNumber(row.id, userId, row.numberSealed), 4),
    voiceOnly: row.voiceOnly,
  }));
}
