import { sql } from "#lib/db/sql";
import type { CaseState } from "#lib/recovery/case";

/** What the risk flags of a case rest on, as far as it is still recorded; times are ISO 8601. */
export type CaseFacts = {
  /** The last sign-in before the request. */
  before: { userAgent: string; at: string } | null;
  /** Where the account was signed in to within ninety days. */
  countries: string[];
  /** What was changed within seven days before the request, as audit events. */
  changes: { event: string; at: string }[];
  accountSince: string;
  /** Requests of the thirty days before. */
  earlier: { reference: string; state: CaseState; at: string }[];
};

/** Events that change how an account is protected. */
const CHANGES = [
  ...["password.changed", "password.reset", "email.changed", "recovery_address.added", "recovery_address.removed", "change.undone"],
  ...["phone.bound", "phone.changed", "phone.removed", "totp.added", "totp.removed", "passkey.added", "passkey.removed"],
];

type Read = { before: CaseFacts["before"]; countries: string[] | null; since: string };

/** Reads them for one case. */
export async function readCaseFacts({ id, userId }: { id: string; userId: string }): Promise<CaseFacts> {
  const [row] = await sql<Read>`
    SELECT (SELECT json_build_object('userAgent', e.user_agent, 'at', e.at) FROM audit_events e
        WHERE e.subject = u.audit_subject AND e.event = 'session.opened' AND e.at < c.requested_at ORDER BY e.id DESC LIMIT 1) AS before,
      (SELECT array_agg(k.country ORDER BY k.last_seen_at DESC) FROM account_countries k
        WHERE k.user_id = u.id AND k.last_seen_at > c.requested_at - interval '90 days') AS countries,
      to_json(u.created_at)#>>'{}' AS since
    FROM recovery_cases c JOIN users u ON u.id = c.user_id WHERE c.id = ${id}::uuid`;
  const changes = await sql<CaseFacts["changes"][number]>`
    SELECT e.event, to_json(e.at)#>>'{}' AS at FROM recovery_cases c JOIN users u ON u.id = c.user_id JOIN audit_events e ON e.subject = u.audit_subject
    WHERE c.id = ${id}::uuid AND e.event = ANY(${[...CHANGES]}::text[]) AND e.at > c.requested_at - interval '7 days' AND e.at < c.requested_at
    ORDER BY e.id DESC LIMIT 10`;
  const earlier = await sql<CaseFacts["earlier"][number]>`
    SELECT o.reference, o.state, to_json(o.requested_at)#>>'{}' AS at FROM recovery_cases c JOIN recovery_cases o ON o.user_id = c.user_id AND o.id <> c.id
    WHERE c.id = ${id}::uuid AND o.user_id = ${userId}::uuid AND o.requested_at > c.requested_at - interval '30 days' AND o.requested_at < c.requested_at
    ORDER BY o.requested_at DESC LIMIT 10`;
  if (!row) throw new Error("a case has no account");
  return { before: row.before, countries: row.countries ?? [], changes, accountSince: row.since, earlier };
}
