import { randomUUID } from "node:crypto";
import { keyedHash, newToken } from "#lib/crypto/hash";
import { sql } from "#lib/db/sql";
import { sessionCookie } from "#lib/http/bearer";
import { fill, type SeedSize } from "../seed/fill.ts";

/** A process that fills the database of a benchmark, and opens a session of staff on it. */

export type SiteOrder = { do: "fill"; size: SeedSize } | { do: "staff" } | { do: "drop" };
/** The steps of the load with their seconds; the cookie and the pages of staff; what dropping the oldest month took, in milliseconds. */
export type SiteReport = {
  steps?: [string, number][];
  cookie?: string;
  pages?: string[];
  dropped?: { month: string | null; rows: number; ms: number };
};

/** Gives an account a role and an app, and opens a session for it that the app has proven. */
async function staff(): Promise<Pick<SiteReport, "cookie" | "pages">> {
  const token = newToken();
  const [user] = await sql<{ id: string; email: string }>`
    UPDATE users SET roles = '{administrator}' WHERE id = (SELECT id FROM users ORDER BY created_at LIMIT 1) RETURNING id, email`;
  await sql`INSERT INTO authenticators (id, user_id, kind, verified_at) VALUES (${randomUUID()}::uuid, ${user?.id ?? null}::uuid, 'totp', app_now())`;
  await sql`
    INSERT INTO sessions (token_hash, user_id, amr, authenticated_at, last_seen_at, expires_at)
    VALUES (${keyedHash("token", "session", token)}, ${user?.id ?? null}::uuid, '{pwd,otp}', app_now(), app_now(), app_now() + interval '12 hours')`;
  return { cookie: `${sessionCookie()}=${token}`, pages: await pagesOf() };
}

/** The pages that are measured: each room, and each log with filters that find much, little and nothing. */
async function pagesOf(): Promise<string[]> {
  const [busy] = await sql<{ id: string; email: string }>`
    SELECT u.id, u.email FROM (SELECT user_id FROM messages ORDER BY created_at DESC LIMIT 2000) m JOIN users u ON u.id = m.user_id GROUP BY 1, 2 ORDER BY count(*) DESC LIMIT 1`;
  const [message] = await sql<{ id: string }>`SELECT id FROM messages ORDER BY created_at DESC LIMIT 1`;
  const [found] = await sql<{ reference: string }>`SELECT reference FROM recovery_cases ORDER BY requested_at DESC LIMIT 1`;
  const person = encodeURIComponent(busy?.email ?? "");
  return [
    "/admin",
    `/admin/users?q=${person}`,
    `/admin/users/${busy?.id}`,
    "/admin/cases",
    `/admin/cases/${found?.reference}`,
    "/admin/abuse",
    "/admin/people",
    "/admin/policy",
    "/admin/messages",
    ...["state=stopped", "state=open", "provider=global", "carrier=mvno", "country=GB", "purpose=notice.phone_added", "q=42"].map(
      (q) => `/admin/messages?${q}`,
    ),
    `/admin/messages?account=${busy?.id}`,
    `/admin/messages/${message?.id}`,
    "/admin/audit",
    ...["act=sign_in.", "act=case.", "act=account.suspended", "ip=198.51.1.1", `target=${person}`].map((q) => `/admin/audit?${q}`),
  ];
}

/** Drops the oldest month as the clean-up does, a moment after its time. */
async function drop(): Promise<SiteReport["dropped"]> {
  const [oldest] = await sql<{ month: string; rows: number; seconds: number }>`
    SELECT m.month, c.reltuples::float8 AS rows, extract(epoch FROM m.ends_at - now())::int + 90 * 86400 + 60 AS seconds
    FROM message_months m JOIN pg_class c ON c.relname = 'messages_' || m.month WHERE c.reltuples > 100 ORDER BY m.ends_at LIMIT 1`;
  await sql`UPDATE clock SET offset_seconds = ${oldest?.seconds ?? 0}::int`;
  try {
    for (;;) {
      const began = performance.now();
      const [row] = await sql<{ month: string | null }>`SELECT drop_message_month() AS month`;
      const ms = performance.now() - began;
      if (!row?.month || row.month === oldest?.month) return { month: row?.month ?? null, rows: oldest?.rows ?? 0, ms };
    }
  } finally {
    await sql`UPDATE clock SET offset_seconds = 0`;
  }
}

async function obey(order: SiteOrder): Promise<SiteReport> {
  if (order.do === "staff") return staff();
  if (order.do === "drop") return { dropped: await drop() };
  const steps: [string, number][] = [];
  await fill(process.env.DATABASE_URL ?? "", order.size, (step, seconds) => void steps.push([step, seconds]));
  return { steps };
}

process.on("message", (order: SiteOrder) => {
  obey(order).then(
    (report) => process.send?.({ report }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on("disconnect", () => process.exit(0));
