import { sql } from "#lib/db/sql";
import { SESSION, STEP_UP_SECONDS } from "#lib/limits/policy";
import { type Client, readClient } from "#lib/openid/clients";
import { subjectFor } from "#lib/openid/subject";
import { type AccountFacts, mustEnrol, requirementFrom } from "#lib/policy/requirement";
import { owedStep } from "#lib/sessions/next-step";

/** A live session as a service sees it; the provider's account is this session, so that everything a service holds ends with it. */
export type Login = {
  sessionId: string;
  userId: string;
  email: string;
  amr: string[];
  authenticatedAt: Date;
  /** When its person signed in at another provider in place of the password; null where that is not known. */
  federatedAt: Date | null;
  /** Whether the session owes a step: until then it opens nothing, also what was opened before a rule asked for it. */
  owes: boolean;
};

type Row = Omit<Login, "owes"> & { proven: string[]; stale: boolean; saved: boolean; facts: AccountFacts };

/** Reads a live session by its id, with what a step-up of the last ten minutes added to its methods; counts as use of the session. */
export async function readLogin(sessionId: string): Promise<Login | null> {
  const [row] = await sql<Row>`
    SELECT s.id AS session_id, s.user_id, u.email, s.amr, s.authenticated_at, c.federated_at, s.last_seen_at < app_now() - interval '1 minute' AS stale,
      EXISTS (SELECT 1 FROM authenticators a WHERE a.user_id = u.id AND a.kind = 'recovery_codes' AND a.verified_at IS NOT NULL AND a.disabled_at IS NULL) AS saved,
      (SELECT f.facts FROM account_facts f WHERE f.user_id = u.id) AS facts,
      ARRAY(SELECT DISTINCT word FROM step_ups p, unnest(p.amr) word
        WHERE p.session_id = s.id AND p.proven_at > app_now() - make_interval(secs => ${STEP_UP_SECONDS}::int)) AS proven
    FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN challenges c ON c.id = s.challenge_id
    WHERE s.id::text = ${sessionId} AND u.disabled_at IS NULL
      AND session_live(s.expires_at, s.last_seen_at, u.roles, ${SESSION.idle}::int, ${SESSION.adminIdle}::int)`;
  if (!row) return null;
  const { proven, stale, saved, facts, ...login } = row;
  if (stale) await sql`UPDATE sessions SET last_seen_at = greatest(last_seen_at, app_now()) WHERE id = ${login.sessionId}::uuid`;
  const owes = owedStep({ recoveryConfirmed: saved, mustEnrol: mustEnrol(requirementFrom(facts)) }) !== null;
  return { ...login, owes, amr: [...new Set([...login.amr, ...proven])] };
}

/**
 * Since when both factors of a login are proven, as far as that is known: a sign-in at another provider may rest on an older one there, and null means
 * that the provider did not say.
 */
export const provenAt = ({ amr, authenticatedAt, federatedAt }: Pick<Login, "amr" | "authenticatedAt" | "federatedAt">): Date | null =>
  !amr.includes("fed") ? authenticatedAt : federatedAt && (federatedAt < authenticatedAt ? federatedAt : authenticatedAt);

/** Notes that a session signed in to a service that wants to be told of its end; `sid` is the service's name of the session. */
export async function noteLogin(sessionId: string, clientId: string, sid: string): Promise<void> {
  const [login, client] = await Promise.all([readLogin(sessionId), readClient(clientId)]);
  if (!login || !client) return;
  await sql`
    INSERT INTO openid_logins (session_id, client_id, sid, sub)
    VALUES (${sessionId}::uuid, ${clientId}, ${sid}, ${await subjectFor(client, login.userId)})
    ON CONFLICT (session_id, client_id) DO UPDATE SET sid = excluded.sid`;
}

/** The scopes that an account let a service have; a service of the operator has all. */
export async function grantedScopes(client: Client, userId: string): Promise<readonly string[] | "all"> {
  if (client.firstParty) return "all";
  const [row] = await sql<{ scopes: string[] }>`
    SELECT scopes FROM openid_consents WHERE user_id = ${userId}::uuid AND client_id = ${client.id}`;
  return row?.scopes ?? [];
}
