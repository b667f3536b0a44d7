import { type Sql, sql } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import { STEP_UP_SECONDS } from "#lib/limits/policy";
import { type AccountFacts, mustEnrol, requirementFrom } from "#lib/policy/requirement";
import { fail, ok, type Result } from "#lib/result";

/** The classes of acts that a second factor opens, each for itself (SU-01, SU-03). */
export const stepUpActions = [
  ...(["manage_factors", "change_password", "change_email", "export_data", "delete_account", "administer"] as const),
  // What a site asks for beyond the sign-in; it counts for the whole session (lib/sites).
  ...(["enter_site", "enter_site_passkey"] as const),
] as const;

/** One class of guarded acts. */
export type StepUpAction = (typeof stepUpActions)[number];

/** Whether a text is a class of acts. */
export const isStepUpAction = (text: string): text is StepUpAction => (stepUpActions as readonly string[]).includes(text);

/** The person and the session of a guarded act. */
export type Acting = { sessionId: string; userId: string };

type Row = { restricted: boolean; until: string | null; provenUntil: Date | null; facts: AccountFacts };

/**
 * Refuses a guarded act unless this session proved a second factor for its class within ten minutes, or while the account is restricted. The first
 * statement of the act's transaction: it locks the account's row and then the session, so that the act and the end of its session cannot deadlock.
 * Refusals: `unauthenticated`, `account_restricted` with `until`, `factor_required`, `step_up_required` with `action` (ASVS 7.5.1, 7.5.3).
 */
export async function requireStepUp(tx: Sql, { sessionId, userId }: Acting, action: StepUpAction): Promise<Result<null, Refused>> {
  const [account] = await tx<Row>`
    SELECT coalesce(restricted_until > app_now(), false) AS restricted, CASE WHEN restricted_until <> 'infinity' THEN to_json(restricted_until)#>>'{}' END AS until,
      NULL::timestamptz AS proven_until, (SELECT f.facts FROM account_facts f WHERE f.user_id = users.id) AS facts
    FROM users WHERE id = ${userId}::uuid AND disabled_at IS NULL FOR NO KEY UPDATE`;
  if (!account) return fail({ code: "unauthenticated" });
  if (account.restricted) return fail({ code: "account_restricted", until: account.until });
  // An account that a rule asks for a factor can do nothing but enrol one until it has it.
  if (action !== "manage_factors" && mustEnrol(requirementFrom(account.facts))) return fail({ code: "factor_required" });
  const proven = await tx`
    SELECT 1 FROM step_ups p JOIN sessions s ON s.id = p.session_id
    WHERE p.session_id = ${sessionId}::uuid AND s.user_id = ${userId}::uuid AND p.action = ${action}
      AND p.proven_at > app_now() - make_interval(secs => ${STEP_UP_SECONDS}::int) FOR SHARE OF s`;
  return proven.length === 1 ? ok(null) : fail({ code: "step_up_required", action });
}

/** Until when this session may do acts of a class, or null; for pages, which show either the act or the step-up. */
export async function steppedUpUntil(tx: Sql, { sessionId, userId }: Acting, action: StepUpAction): Promise<Date | null> {
  const [row] = await tx<{ until: Date }>`
    SELECT p.proven_at + make_interval(secs => ${STEP_UP_SECONDS}::int) AS until FROM step_ups p JOIN sessions s ON s.id = p.session_id
    WHERE p.session_id = ${sessionId}::uuid AND s.user_id = ${userId}::uuid AND p.action = ${action}
      AND p.proven_at > app_now() - make_interval(secs => ${STEP_UP_SECONDS}::int)`;
  return row?.until ?? null;
}

/** The restriction of an account, or null; `until` is null while staff decide. */
export async function restrictionOf(userId: string, tx: Sql = sql): Promise<{ until: string | null } | null> {
  const [row] = await tx<{ until: string | null }>`
    SELECT CASE WHEN restricted_until <> 'infinity' THEN to_json(restricted_until)#>>'{}' END AS until FROM users
    WHERE id = ${userId}::uuid AND restricted_until > app_now()`;
  return row ? { until: row.until } : null;
}

/** Notes that a session proved a second factor for a class of acts, and by which methods; returns until when it counts. */
export async function noteStepUp(tx: Sql, sessionId: string, action: string, amr: readonly string[] = []): Promise<Date> {
  const [row] = await tx<{ until: Date }>`
    INSERT INTO step_ups (session_id, action, amr) VALUES (${sessionId}::uuid, ${action}, ${amr}::text[])
    ON CONFLICT (session_id, action) DO UPDATE SET proven_at = app_now(), amr = excluded.amr
    RETURNING proven_at + make_interval(secs => ${STEP_UP_SECONDS}::int) AS until`;
  if (!row) throw new Error("a step-up was not written");
  return row.until;
}
