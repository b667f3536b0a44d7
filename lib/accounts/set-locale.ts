import { sql } from "#lib/db/sql";

/** Keeps the language an account's texts, calls, mails and pages are written in. */
export async function setLocale(userId: string, locale: "ja" | "en"): Promise<void> {
  await sql`UPDATE users SET locale = ${locale} WHERE id = ${userId}::uuid`;
}
