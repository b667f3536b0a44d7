import { sql } from "#lib/db/sql";

/** The addresses of an account besides its own; times are ISO 8601. */
export type Addresses = {
  recovery: { email: string; counts: boolean; countsFrom: string } | null;
  /** When its mail server refused a mail for good. */
  refusedAt: string | null;
  passwordChangedAt: string | null;
};

/** Reads what an account's owner sees of its addresses and its password. */
export async function readAddresses(userId: string): Promise<Addresses> {
  const [row] = await sql<{
    email: string | null;
    counts: boolean;
    countsFrom: Date | null;
    refusedAt: Date | null;
    passwordChangedAt: Date | null;
  }>`
    SELECT r.email, coalesce(r.counts_from <= app_now(), false) AS counts, r.counts_from, u.email_refused_at AS refused_at, u.password_changed_at
    FROM users u LEFT JOIN recovery_addresses r ON r.user_id = u.id WHERE u.id = ${userId}::uuid`;
  return {
    recovery: row?.email && row.countsFrom ? { email: row.email, counts: row.counts, countsFrom: row.countsFrom.toISOString() } : null,
    refusedAt: row?.refusedAt?.toISOString() ?? null,
    passwordChangedAt: row?.passwordChangedAt?.toISOString() ?? null,
  };
}
