import { sql } from "#lib/db/sql";
import type { SessionView } from "#lib/sessions/session";

/** What a member of staff must have proven before the console opens: a passkey or an authenticator app, never a text alone (AD-02, J05). */

/** Kinds of authenticators that staff act with. */
export const STAFF_KINDS = ["passkey", "totp"] as const;

/** Whether an account has one of them that works. */
export async function hasStrongFactor(userId: string): Promise<boolean> {
  const found =
    await sql`SELECT 1 FROM usable_authenticators WHERE user_id = ${userId}::uuid AND kind = ANY(${[...STAFF_KINDS]}::text[]) LIMIT 1`;
  return found.length > 0;
}

/** Whether a session rests on one: it was opened by one, or stepped up by one for acts of staff. */
export async function provenStrongly({ sessionId, amr, aal }: Pick<SessionView, "sessionId" | "amr" | "aal">): Promise<boolean> {
  if (aal === 2 && (amr.includes("otp") || amr.includes("hwk"))) return true;
  const stepped = await sql`SELECT 1 FROM step_ups WHERE session_id = ${sessionId}::uuid AND action = 'administer'`;
  return stepped.length > 0;
}
