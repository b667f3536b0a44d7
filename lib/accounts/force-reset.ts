import { setTimeout as sleep } from "node:timers/promises";
import { record } from "#lib/audit/record";
import { parseEmail } from "#lib/authenticators/addresses/email";
import { newToken } from "#lib/crypto/hash";
import { hashSecret } from "#lib/crypto/password-hash";
import { type Sql, sql, transaction } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import { fail, ok, type Result } from "#lib/result";
import { endAllSessions } from "#lib/sessions/end-session";

/**
 * An operator's act on many accounts after an incident: their passwords become unusable, and everything that they opened ends. Each account is one
 * transaction, so that the act can be killed and resumed at any moment.
 */

export type Incident = { id: string; accounts: number; unknown: string[] };

/** Why no act was begun: invalid addresses, or no account that matches. */
export type IncidentProblem = { problem: "not_an_address"; emails: string[] } | { problem: "no_accounts" };

type Whom = { group: string } | { emails: readonly string[] };

/** Notes which accounts an act is about; nothing of them has changed yet. Addresses without an account are left out and named. */
export async function beginForceReset(whom: Whom, reason: string, by: string): Promise<Result<Incident, IncidentProblem>> {
  const typed = "emails" in whom ? whom.emails.map((one) => ({ typed: one, email: parseEmail(one) })) : [];
  const odd = typed.filter(({ email }) => email === null);
  if (odd.length > 0) return fail({ problem: "not_an_address", emails: odd.map((one) => one.typed) });
  const emails = [...new Set(typed.flatMap(({ email }) => email ?? []))];
  const group = "group" in whom ? whom.group : null;
  return transaction(async (tx): Promise<Result<Incident, IncidentProblem>> => {
    const meant = await tx<{ id: string; email: string }>`
      SELECT id, email FROM users WHERE email = ANY(${emails}::text[]) OR id IN (SELECT user_id FROM user_groups WHERE name = ${group})`;
    if (meant.length === 0) return fail({ problem: "no_accounts" });
    const [incident] = await tx<{ id: string }>`INSERT INTO incidents (reason, by) VALUES (${reason}, ${by}) RETURNING id`;
    if (!incident) throw new Error("an incident was not written");
    await tx`INSERT INTO incident_accounts (incident_id, user_id) SELECT ${incident.id}::uuid, unnest(${meant.map(({ id }) => id)}::uuid[])`;
    const known = new Set(meant.map(({ email }) => email));
    return ok({ id: incident.id, accounts: meant.length, unknown: emails.filter((email) => !known.has(email)) });
  });
}

/** What one step did: `again` for an account whose password an earlier act has made unusable already. */
type Step = { did: "reset" | "again" | "finished" } | { did: "wait"; seconds: number };

/**
 * Acts on the next account. A global lock gives concurrent acts one pace; an account is notified once, however
 * many acts it is in. The account's row is locked by the end of its challenges, before its password is judged.
 */
async function step(incidentId: string, perMinute: number, hash: string): Promise<Step> {
  return transaction(
    async (tx): Promise<Step> => {
      await tx`SELECT pg_advisory_xact_lock(hashtextextended('incident', 0))`;
      const [next] = await tx<{ id: string; locale: string; by: string; seconds: number }>`
        SELECT u.id, u.locale, i.by || ' (' || i.reason || ')' AS by,
          coalesce((SELECT extract(epoch FROM max(done_at) - app_now()) FROM incident_accounts), -60)::float + ${60 / perMinute}::float AS seconds
        FROM incident_accounts a JOIN users u ON u.id = a.user_id JOIN incidents i ON i.id = a.incident_id
        WHERE a.incident_id = ${incidentId}::uuid AND a.done_at IS NULL ORDER BY a.user_id LIMIT 1`;
      if (!next) return { did: "finished" };
      // A clock that was moved back must not stop the act.
      if (next.seconds > 0) return { did: "wait", seconds: Math.min(next.seconds, 60 / perMinute) };
      await endAllSessions(tx, next.id);
      const again = await isPasswordUnusable(tx, next.id);
      if (!again) await forceOne(tx, next, hash);
      await tx`UPDATE incident_accounts SET done_at = app_now() WHERE user_id = ${next.id}::uuid AND done_at IS NULL`;
      return { did: again ? "again" : "reset" };
    },
    { patient: true },
  );
}

/** Returns true if an earlier act made the password unusable and none was set since, so that the owner was already notified. */
export async function isPasswordUnusable(tx: Sql, userId: string): Promise<boolean> {
  const done = await tx`
    SELECT 1 FROM incident_accounts d JOIN users u ON u.id = d.user_id
    WHERE d.user_id = ${userId}::uuid AND d.done_at IS NOT NULL AND (u.password_changed_at IS NULL OR u.password_changed_at <= d.done_at) LIMIT 1`;
  return done.length > 0;
}

/** The stored hash is that of a random secret at the usual cost: a faster refusal would reveal such an account (EN-02). */
async function forceOne(tx: Sql, { id, locale, by }: { id: string; locale: string; by: string }, hash: string): Promise<void> {
  await tx`UPDATE users SET password_hash = ${hash} WHERE id = ${id}::uuid`;
  await record(tx, { event: "password.forced", userId: id, method: by, ip: "", userAgent: "" });
  await queueNotice(tx, { userId: id, template: "notice.password_forced", locale });
}

/**
 * The same for one account, at once, as an act of staff; false where an earlier act has made the password unusable already. `hash` is that of a
 * random secret.
 */
export async function forceResetOf(
  tx: Sql,
  account: { id: string; locale: string },
  act: { by: string; reason: string; hash: string },
): Promise<boolean> {
  await endAllSessions(tx, account.id);
  if (await isPasswordUnusable(tx, account.id)) return false;
  await tx`
    WITH incident AS (INSERT INTO incidents (reason, by) VALUES (${act.reason}, ${act.by}) RETURNING id)
    INSERT INTO incident_accounts (incident_id, user_id, done_at) SELECT id, ${account.id}::uuid, app_now() FROM incident`;
  await forceOne(tx, { ...account, by: act.by }, act.hash);
  return true;
}

export type IncidentProgress = { done: number; accounts: number };

/** How far an act is; null if there is none of this id. */
async function progressOf(incidentId: string): Promise<IncidentProgress | null> {
  const [row] = await sql<IncidentProgress>`
    SELECT count(a.done_at)::int AS done, count(a.user_id)::int AS accounts FROM incidents i LEFT JOIN incident_accounts a ON a.incident_id = i.id
    WHERE i.id::text = ${incidentId} GROUP BY i.id`;
  return row ?? null;
}

/** Runs an act to its end, from wherever it is, at so many accounts a minute; null if there is none of this id. */
export async function runForceReset(
  incidentId: string,
  perMinute: number,
  tell: (progress: IncidentProgress) => void = () => undefined,
): Promise<IncidentProgress | null> {
  let progress = await progressOf(incidentId);
  if (!progress) return null;
  let hash = await hashSecret(newToken());
  for (;;) {
    const made = await step(incidentId, perMinute, hash);
    if (made.did === "finished") return (await progressOf(incidentId)) ?? progress;
    if (made.did === "wait") {
      await sleep(made.seconds * 1000);
      continue;
    }
    if (made.did === "reset") hash = await hashSecret(newToken());
    progress = (await progressOf(incidentId)) ?? progress;
    tell(progress);
  }
}

/** One act with how far it is; `since` is ISO 8601. */
export type IncidentLine = IncidentProgress & { id: string; reason: string; by: string; since: string };

/** The latest acts, the newest first. */
export async function listIncidents(): Promise<IncidentLine[]> {
  const rows = await sql<IncidentProgress & { id: string; reason: string; by: string; createdAt: Date }>`
    SELECT i.id, i.reason, i.by, i.created_at, count(a.done_at)::int AS done, count(a.user_id)::int AS accounts
    FROM incidents i LEFT JOIN incident_accounts a ON a.incident_id = i.id GROUP BY i.id ORDER BY i.created_at DESC, i.id LIMIT 50`;
  return rows.map(({ createdAt, ...row }) => ({ ...row, since: createdAt.toISOString() }));
}
