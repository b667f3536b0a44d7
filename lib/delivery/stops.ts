import { record } from "#lib/audit/record";
import type { Channel } from "#lib/db/generated/enums";
import { type Sql, sql, transaction } from "#lib/db/sql";
import { env } from "#lib/env";
import { fail, ok, type Result } from "#lib/result";

/**
 * Operators' stops of sending. Every statement reads the rows itself and no process caches them, so a stop applies to every instance from its
 * commit on.
 */

/** The scope of a stop: a channel, one ISO country or all (null), one provider account by name or all (null). */
export type StopScope = { channel: Channel; country: string | null; provider: string | null };

/** An active stop; `since` is ISO 8601. */
export type Stop = StopScope & { since: string };

export type StopProblem = "no_such_provider" | "provider_does_not_carry" | "mail_has_no_country_or_provider";

/** A method whose messages can be stopped. */
export type StoppedWay = "sms" | "voice";

/** Lists the active stops, oldest first. */
export async function listStops(tx: Sql = sql): Promise<Stop[]> {
  const rows = await tx<{ channel: Channel; country: string; provider: string | null; stoppedAt: Date }>`
    SELECT s.channel, s.country, a.name AS provider, s.stopped_at
    FROM sending_stops s LEFT JOIN provider_accounts a ON a.id = s.account_id WHERE s.ended_at IS NULL ORDER BY s.stopped_at, s.id`;
  return rows.map(({ country, stoppedAt, ...row }) => ({
    ...row,
    country: country === "*" ? null : country,
    since: stoppedAt.toISOString(),
  }));
}

/** Resolves the account of a scope; null if it names none. */
async function accountOf(tx: Sql, { channel, country, provider }: StopScope): Promise<Result<string | null, StopProblem>> {
  if (channel === "EMAIL" && (country !== null || provider !== null)) return fail("mail_has_no_country_or_provider");
  if (provider === null) return ok(null);
  const [account] = await tx<{ id: string; carries: boolean }>`
    SELECT id, EXISTS (SELECT FROM provider_routes r WHERE r.account_id = a.id AND r.channel = ${channel}::channel) AS carries
    FROM provider_accounts a WHERE name = ${provider}`;
  if (!account) return fail("no_such_provider");
  // A stop without effect would mislead the operator during an incident.
  return account.carries ? ok(account.id) : fail("provider_does_not_carry");
}

const methodText = ({ channel, country, provider }: StopScope, by: string) =>
  [channel === "EMAIL" ? "mail" : channel.toLowerCase(), country, provider, by].filter((part) => part !== null).join(" ");

/**
 * Stops sending within a scope on every instance, from the commit on; false when it was already stopped. `by` names the operator in the audit log.
 */
export async function stopSendingIn(tx: Sql, scope: StopScope, by: string): Promise<Result<boolean, StopProblem>> {
  const account = await accountOf(tx, scope);
  if (!account.ok) return account;
  const stopped = await tx`
    INSERT INTO sending_stops (channel, country, account_id)
    VALUES (${scope.channel}::channel, ${scope.country ?? "*"}, ${account.value}::uuid)
    ON CONFLICT (channel, country, account_id) WHERE ended_at IS NULL DO NOTHING RETURNING id`;
  if (stopped.length > 0) await record(tx, { event: "sending.stopped", method: methodText(scope, by), ip: "", userAgent: "" });
  return ok(stopped.length > 0);
}

/**
 * Ends the stop of exactly this scope, false when there was none; wider and narrower stops remain. Messages queued during the stop are not sent
 * afterwards.
 */
export async function startSendingIn(tx: Sql, scope: StopScope, by: string): Promise<Result<boolean, StopProblem>> {
  const account = await accountOf(tx, scope);
  if (!account.ok) return account;
  const started = await tx`
    UPDATE sending_stops SET ended_at = app_now()
    WHERE channel = ${scope.channel}::channel AND country = ${scope.country ?? "*"} AND account_id IS NOT DISTINCT FROM ${account.value}::uuid
      AND ended_at IS NULL RETURNING id`;
  if (started.length > 0) await record(tx, { event: "sending.started", method: methodText(scope, by), ip: "", userAgent: "" });
  return ok(started.length > 0);
}

/** `stopSendingIn` in a transaction of its own. */
export const stopSending = (scope: StopScope, by: string) => transaction((tx) => stopSendingIn(tx, scope, by));

/** `startSendingIn` in a transaction of its own. */
export const startSending = (scope: StopScope, by: string) => transaction((tx) => startSendingIn(tx, scope, by));

/**
 * Returns true if a stop prevented a hand-over: the message is still queued with the same number of `tries`. Otherwise another run of the job owns
 * the message.
 */
export async function isKeptByStop(messageId: string, tries: number, accountId: string | null): Promise<boolean> {
  const kept = await sql`
    SELECT 1 FROM messages WHERE id = ${messageId}::uuid AND status = 'queued' AND tries = ${tries}::int AND template <> 'trial'
      AND sending_stopped(channel, country, ${accountId}::uuid, created_at)`;
  return kept.length > 0;
}

/** Returns the methods, of texts and calls, that are stopped to all of these countries. */
export async function stoppedWays(countries: readonly string[]): Promise<StoppedWay[]> {
  const rows = await sql<{ way: StoppedWay }>`
    SELECT way FROM unnest(${[...countries]}::text[]) country, unnest(stopped_ways(country, ${env().demo})) way
    GROUP BY way HAVING count(*) = ${countries.length}::int`;
  return rows.map(({ way }) => way);
}

export async function isMailStopped(): Promise<boolean> {
  const [row] = await sql<{ stopped: boolean }>`SELECT sending_stopped('EMAIL', NULL, NULL, 'infinity') AS stopped`;
  return row?.stopped ?? false;
}
