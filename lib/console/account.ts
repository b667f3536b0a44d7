import { type Factors, readFactors } from "#lib/accounts/factors";
import { sql } from "#lib/db/sql";
import { type AccountFacts, type Requirement, requirementFrom } from "#lib/policy/requirement";
import type { CaseState } from "#lib/recovery/case";
import { maskEmail } from "#lib/words/mask-email";

/** What staff see of one account: everything masked, and no secret, hash or code. Times are ISO 8601. */

/** The factors of an account; of a number two digits, and no name that its owner gave it, which may be a number. */
export type MaskedFactors = Omit<Factors, "phones"> & {
  phones: (Omit<Factors["phones"][number], "lastDigits" | "name"> & { digits: string })[];
};

/** One session with the methods that opened it. */
export type AccountSession = { id: string; userAgent: string | null; amr: string[]; signedInAt: string; lastSeenAt: string };

export type AccountRoom = {
  id: string;
  subject: string;
  email: string;
  locale: string;
  createdAt: string;
  roles: string[];
  groups: string[];
  suspendedAt: string | null;
  closed: boolean;
  deleteAt: string | null;
  lockedUntil: string | null;
  /** Guarded acts are stopped; `until` is null while staff decide. */
  restriction: { until: string | null } | null;
  emailRefusedAt: string | null;
  passwordChangedAt: string | null;
  /** Whether an act after an incident has made the password unusable and none was set since. */
  passwordForced: boolean;
  second: { email: string; counts: boolean } | null;
  knownDevices: number;
  trustedDevices: number;
  requirement: Requirement;
  factors: MaskedFactors;
  sessions: AccountSession[];
  /** The latest cases, the newest first. */
  cases: { reference: string; state: CaseState; requestedAt: string; open: boolean }[];
};

type Row = Omit<AccountRoom, "requirement" | "factors" | "sessions" | "cases" | "restriction" | "second"> & {
  restricted: boolean;
  restrictedUntil: string | null;
  secondEmail: string | null;
  secondCounts: boolean;
  facts: AccountFacts;
};

const ACCOUNT = (userId: string): Promise<Row[]> => sql<Row>`
  SELECT u.id, u.audit_subject AS subject, u.email, u.locale, to_json(u.created_at)#>>'{}' AS created_at, u.roles,
    ARRAY(SELECT g.name FROM user_groups g WHERE g.user_id = u.id ORDER BY g.name LIMIT 50) AS groups, to_json(u.disabled_at)#>>'{}' AS suspended_at,
    u.closed_at IS NOT NULL AS closed, to_json(u.delete_at)#>>'{}' AS delete_at, CASE WHEN u.locked_until > app_now() THEN to_json(u.locked_until)#>>'{}' END AS locked_until,
    coalesce(u.restricted_until > app_now(), false) AS restricted, CASE WHEN u.restricted_until <> 'infinity' THEN to_json(u.restricted_until)#>>'{}' END AS restricted_until,
    to_json(u.email_refused_at)#>>'{}' AS email_refused_at, to_json(u.password_changed_at)#>>'{}' AS password_changed_at,
    EXISTS (SELECT 1 FROM incident_accounts i WHERE i.user_id = u.id AND i.done_at IS NOT NULL AND (u.password_changed_at IS NULL OR u.password_changed_at <= i.done_at)) AS password_forced,
    r.email AS second_email, coalesce(r.counts_from <= app_now(), false) AS second_counts,
    (SELECT count(*)::int FROM known_devices k WHERE k.user_id = u.id AND k.expires_at > app_now()) AS known_devices,
    (SELECT count(*)::int FROM trusted_devices t WHERE t.user_id = u.id AND t.expires_at > app_now()) AS trusted_devices,
    (SELECT f.facts FROM account_facts f WHERE f.user_id = u.id) AS facts
  FROM users u LEFT JOIN recovery_addresses r ON r.user_id = u.id WHERE u.id = ${userId}::uuid`;

const readSessions = (userId: string): Promise<AccountSession[]> => sql<AccountSession>`
  SELECT id, user_agent, amr, to_json(authenticated_at)#>>'{}' AS signed_in_at, to_json(last_seen_at)#>>'{}' AS last_seen_at
  FROM sessions WHERE user_id = ${userId}::uuid AND expires_at > app_now() ORDER BY last_seen_at DESC LIMIT 20`;

const readCases = (userId: string) => sql<AccountRoom["cases"][number]>`
  SELECT reference, state, to_json(requested_at)#>>'{}' AS requested_at, ended_at IS NULL AS open FROM recovery_cases
  WHERE user_id = ${userId}::uuid ORDER BY requested_at DESC LIMIT 5`;

/** Reads an account for staff; null where there is none of this id. */
export async function readAccountRoom(userId: string): Promise<AccountRoom | null> {
  const [row] = await ACCOUNT(userId);
  if (!row) return null;
  const [{ phones, ...factors }, sessions, cases] = await Promise.all([readFactors(userId), readSessions(userId), readCases(userId)]);
  const { restricted, restrictedUntil, secondEmail, secondCounts, facts, ...account } = row;
  return {
    ...account,
    email: maskEmail(account.email),
    restriction: restricted ? { until: restrictedUntil } : null,
    second: secondEmail === null ? null : { email: maskEmail(secondEmail), counts: secondCounts },
    requirement: requirementFrom(facts),
    factors: { ...factors, phones: phones.map(({ lastDigits, name: _, ...phone }) => ({ ...phone, digits: lastDigits.slice(-2) })) },
    sessions,
    cases,
  };
}
