import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exportData } from "#lib/accounts/export-data";
import { noteChange } from "#lib/authenticators/changes";
import { removePhone } from "#lib/authenticators/phones/removed-phone";
import { newCaseReference } from "#lib/crypto/codes";
import { numberHash } from "#lib/crypto/number-seal";
import { sql, transaction } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import { verifyChallenge } from "#lib/purposes/challenges";
import { sealNote } from "#lib/recovery/rows";
import { noteStepUp } from "#lib/sessions/step-up";
import {
  type Account,
  addRecoveryCode,
  bindNumber,
  codeOf,
  count,
  forgetLimits,
  makeAccount,
  must,
  passPassword,
  requester,
  setClock,
  signedIn,
} from "#lib/testing/fixtures";
import { doJobs } from "#lib/testing/plans";

/**
 * For every column, the place of its value in the exported JSON or the reason why it is absent. `derived`: a key, a count or a hash; `secret`:
 * it lets its holder act, or belongs to another person. Tables without a person are skipped.
 */
type Verdict = "derived" | "secret" | `exported as ${string}`;
const all = (part: string, columns: string): Record<string, Verdict> =>
  Object.fromEntries(columns.split(" ").map((column) => [column, `exported as ${part}.${camel(column)}` as const]));
const none = (verdict: "derived" | "secret", columns: string): Record<string, Verdict> =>
  Object.fromEntries(columns.split(" ").map((column) => [column, verdict]));
const camel = (column: string) => column.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

const columns: Record<string, "not personal" | Record<string, Verdict>> = {
  users: {
    ...all(
      "account",
      "id email locale roles factor_failures locked_until disabled_at device_told_at unfinished_told_at restricted_until delete_at",
    ),
    ...all("account", "email_refused_at password_changed_at codes_asked_at closed_at created_at passkey_put_off passkey_put_off_at"),
    ...none("secret", "password_hash audit_subject"),
    epoch: "derived",
  },
  recovery_addresses: { ...all("recoveryAddresses", "email verified_at counts_from"), user_id: "derived" },
  consents: { ...all("consents", "document version at"), user_id: "derived" },
  user_groups: { ...all("groups", "name created_at"), user_id: "derived" },
  authenticators: {
    ...all("factors", "id kind name failures disabled_at verified_at last_used_at created_at"),
    user_id: "derived",
  },
  phones: {
    ...all("phones", "id country channel voice_only risk_accepted_at risk_notice_version preferred doubted_at"),
    number_sealed: "exported as phones.number",
    ...none("derived", "number_hash slot"),
  },
  passkeys: {
    ...all("passkeys", "id credential_id alg counter aaguid transports backup_eligible backed_up discoverable needs_password"),
    public_key: "derived",
  },
  passkey_ceremonies: { nonce: "secret", ...none("derived", "id challenge_id session_id unasked expires_at") },
  // The app itself is among the factors.
  totp: { seed_sealed: "secret", ...none("derived", "id last_step told_step") },
  recovery_code_sets: { id: "exported as recoveryCodes.setId", sealed: "secret" },
  recovery_codes: { ...all("recoveryCodes", "id set_id used_at created_at"), ...none("secret", "selector hash") },
  challenges: {
    ...all(
      "challenges",
      "id purpose email locale return_to attempts sends sends_refunded current_channel current_authenticator_id device_id follows step",
    ),
    ...all("challenges", "session_id action replaces hint federated_by federated_at told_at created_at expires_at consumed_at voided_at"),
    // Until the address is proven, a note may be another person's; then it is of the case.
    ...none("secret", "token_hash password_hash note_sealed"),
    ...none("derived", "user_id about_id epoch"),
  },
  challenge_codes: { ...none("secret", "sealed"), ...none("derived", "id challenge_id authenticator_id expires_at") },
  reset_codes: { ...none("secret", "sealed hash"), ...none("derived", "user_id expires_at") },
  changes: {
    ...all("changes", "id kind added_id removed old_email created_at undo_until undone_at"),
    removed_sealed: "exported as changes.removedNumber",
    user_id: "derived",
  },
  notice_codes: {
    ...all("noticeCodes", "message_id kind channel reference change_id case_id expires_at used_at"),
    ...none("secret", "hash sealed"),
    ...none("derived", "id user_id"),
  },
  recovery_cases: {
    ...all(
      "recoveryCases",
      "id reference state reason challenge_id ip user_agent flags restriction_after requested_at proven_at reviewed_at",
    ),
    ...all("recoveryCases", "approved_at wait_seconds ready_at mailed_at binding_id frozen_from frozen_at expires_at ended_at"),
    note_sealed: "exported as recoveryCases.note",
    // Who decided is another person.
    ...none("secret", "opened_by reviewed_by approved_by"),
    ...none("derived", "user_id reminded_at"),
  },
  recovery_case_steps: {
    ...all("recoveryCases.steps", "at act checks"),
    ...none("secret", "by_subject by_command reason"),
    ...none("derived", "id case_id"),
  },
  account_countries: { ...all("countries", "country last_seen_at"), user_id: "derived" },
  staff_grants: { ...all("staffRoles", "role granted_at revoked_at"), ...none("secret", "subject granted_by revoked_by"), id: "derived" },
  staff_invites: {
    ...all("staffInvites", "email role created_at expires_at used_at"),
    ...none("secret", "token_hash invited_by"),
    id: "derived",
  },
  takeovers: {
    ...all("takeovers", "created_at due_at stopped_at done_at"),
    // The other account is another person's.
    ...none("secret", "from_user_id to_user_id"),
    ...none("derived", "id number_hash"),
  },
  address_releases: { ...all("releases", "requested_at due_at told"), user_id: "derived" },
  messages: {
    ...all(
      "messages",
      "id challenge_id authenticator_id template channel recipient country digits locale to_new_number status reason tries status_at",
    ),
    ...all("messages", "created_at until"),
    number_sealed: "exported as messages.to",
    user_id: "derived",
  },
  delivery_attempts: {
    ...all("messages.attempts", "id provider provider_ref provider_code carrier status reason started_at status_at ended_at segments"),
    // The prices of the operator's texts are no personal data.
    ...none("derived", "message_id message_at account_id price"),
  },
  sessions: {
    ...all("sessions", "id challenge_id amr authenticated_at last_seen_at expires_at authenticator_id passkey_tried_at ip user_agent"),
    token_hash: "secret",
    user_id: "derived",
  },
  step_ups: all("stepUps", "session_id action proven_at amr"),
  known_devices: {
    ...all("devices", "id created_at last_used_at expires_at factor_failures locked_until user_agent"),
    token_hash: "secret",
    user_id: "derived",
  },
  trusted_devices: {
    ...all("trustedDevices", "id created_at last_used_at expires_at user_agent"),
    token_hash: "secret",
    ...none("derived", "user_id epoch"),
  },
  spent_trusted_devices: { token_hash: "secret", ...none("derived", "device_id spent_at") },
  confirmations: {
    ...all(
      "confirmations",
      "id session_id challenge_id act unit amount payee reference created_at expires_at confirmed_at used_at receipt",
    ),
    ...none("derived", "user_id digest"),
  },
  limit_hits: { ...all("limits", "policy at"), ...none("derived", "id subject owner requester") },
  limit_rings: none("derived", "policy subject shard newest totals shared total shared_total expires_at"),
  brakes: none("derived", "name subject until"),
  audit_events: {
    ...all("events", "id at event challenge_id session_id method ip user_agent reason times"),
    subject: "secret",
    identifier_hash: "derived",
  },
  // The refusals of this minute become events when it ends.
  audit_refusals: none("derived", "minute event ip subject identifier_hash reason times last_at"),
  incident_accounts: { done_at: "exported as incidents.doneAt", ...none("derived", "incident_id user_id") },
  incidents: { created_at: "exported as incidents.createdAt", id: "derived", ...none("secret", "reason by") },
  // The public demo phone shows these messages; their hand-overs are in messages.
  demo_messages: none("derived", "id to_hash channel sealed status reason receipt_at copied at"),
  audit_unsealed: "not personal",
  audit_seals: "not personal",
  audit_old_seals: "not personal",
  audit_heads: "not personal",
  audit_verification: "not personal",
  provider_accounts: "not personal",
  provider_routes: "not personal",
  provider_health: "not personal",
  sending_stops: "not personal",
  text_templates: "not personal",
  text_versions: "not personal",
  logos: "not personal",
  seen_facts: "not personal",
  clock: "not personal",
  seal_format: "not personal",
  database_home: "not personal",
  durable_keys: "not personal",
  untrusted_proxy: "not personal",
  health_measured: "not personal",
  conditions: "not personal",
  condition_notices: "not personal",
  policy_changes: "not personal",
  daily_figures: "not personal",
  daily_usage: "not personal",
  usage_rates: "not personal",
  currency_rates: "not personal",
  conversion_hours: "not personal",
  // How many of the messages of a day, which are exported one by one.
  daily_senders: none("derived", "day user_id texts"),
  signing_keys: "not personal",
  linked_logins: { ...all("linkedLogins", "id provider subject created_at last_used_at"), user_id: "derived" },
  openid_clients: "not personal",
  openid_consents: { ...all("serviceConsents", "client_id scopes given_at"), user_id: "derived" },
  openid_logins: { ...all("serviceLogins", "session_id client_id sub created_at"), ...none("derived", "id sid") },
  // Codes and tokens of services: named by digests and sealed, and gone within a day.
  openid_items: {
    ...none("secret", "id_hash payload_sealed grant_hash uid_hash"),
    ...none("derived", "model session_id client_id consumed_at agreed_at created_at expires_at"),
  },
  factor_counts: "not personal",
  sites: "not personal",
  // The numbers that other systems and staff name are of no account.
  rehearsals: "not personal",
  // Members of another system, sealed, none of whom has an account yet; gone when they have one, or within a day.
  member_imports: "not personal",
  member_import_batches: "not personal",
  api_keys: "not personal",
  api_key_secrets: "not personal",
  verifications: "not personal",
  // What the operator's systems were told of the events of the audit log, which are exported.
  events: none("derived", "id position type subject data created_at"),
  event_deliveries: none(
    "derived",
    "id event_id endpoint_id position subject state attempts failures give_up_at next_at claimed_until ended_at",
  ),
  event_attempts: "not personal",
  event_endpoints: "not personal",
  site_sessions: {
    site_id: "exported as siteSessions.host",
    session_id: "exported as siteSessions.sessionId",
    ...none("derived", "id ticket_until browser_hash"),
    ...none("secret", "ticket_hash token_hash"),
  },
  _prisma_migrations: "not personal",
};

/** A person who signed in and proved a second factor for the export. */
async function stepped(account: Account) {
  const token = await passPassword(account);
  const { session } = signedIn(must(await verifyChallenge(token, { code: await codeOf(token) }, requester)));
  await noteStepUp(sql, session.sessionId, "export_data");
  return { userId: account.userId, sessionId: session.sessionId };
}

/** An account with a row in every table that names a person. */
async function full() {
  const account = await makeAccount();
  const { userId } = account;
  const [more, other] = [await bindNumber(userId), await makeAccount()];
  const person = await stepped(account);
  await addRecoveryCode(userId);
  const removed = await transaction((tx) => removePhone(tx, userId, more.phoneId));
  const change = await noteChange(sql, { userId, kind: "phone_removed", removed });
  await transaction((tx) => queueNotice(tx, { userId, template: "notice.phone_removed", locale: "ja", change }));
  await sql`INSERT INTO recovery_addresses (user_id, email, counts_from) VALUES (${userId}::uuid, ${`2-${account.email}`}, app_now())`;
  await sql`
    WITH a AS (INSERT INTO authenticators (user_id, kind, verified_at) VALUES (${userId}::uuid, 'passkey', app_now()) RETURNING id)
    INSERT INTO passkeys (id, credential_id, public_key, alg, aaguid, backup_eligible, backed_up, discoverable)
    SELECT id, uuid_send(id), 'x', -7, id, true, true, true FROM a`;
  await sql`INSERT INTO consents (user_id, document, version) VALUES (${userId}::uuid, 'terms', '1')`;
  await sql`INSERT INTO linked_logins (user_id, provider, subject) VALUES (${userId}::uuid, 'line', ${userId})`;
  await sql`INSERT INTO user_groups (user_id, name) VALUES (${userId}::uuid, 'staff')`;
  await sql`
    WITH c AS (
      INSERT INTO openid_clients (id, name, secret_hash, redirect_uris, post_logout_redirect_uris, first_party, pairwise)
      VALUES (${randomUUID()}, 'shop', 'x', '{https://shop.example/}', '{}', false, false) RETURNING id),
    l AS (INSERT INTO openid_logins (session_id, client_id, sid, sub) SELECT ${person.sessionId}::uuid, id, 'x', 'x' FROM c)
    INSERT INTO openid_consents (user_id, client_id, scopes) SELECT ${userId}::uuid, id, '{openid}' FROM c`;
  await sql`INSERT INTO address_releases (user_id, due_at) VALUES (${userId}::uuid, app_now())`;
  await sql`INSERT INTO takeovers (from_user_id, to_user_id, number_hash, due_at) VALUES (${userId}::uuid, ${other.userId}::uuid, ${numberHash(account.e164)}, app_now())`;
  await sql`
    INSERT INTO trusted_devices (token_hash, user_id, epoch, expires_at) VALUES (${numberHash(account.e164)}, ${userId}::uuid, 0, app_now())`;
  await sql`
    INSERT INTO confirmations (user_id, session_id, challenge_id, act, unit, amount, payee, reference, digest, expires_at)
    SELECT user_id, ${person.sessionId}::uuid, id, 'x', 'pt', '1', 'x', 'x', token_hash, app_now() FROM challenges WHERE user_id = ${userId}::uuid LIMIT 1`;
  const challengeId = randomUUID();
  await sql`
    WITH c AS (
      INSERT INTO recovery_cases (reference, user_id, reason, note_sealed, opened_by, challenge_id, ip, user_agent, proven_at, reviewed_by, reviewed_at, expires_at)
      VALUES (${newCaseReference()}, ${userId}::uuid, 'lost', ${sealNote(userId, challengeId, "at the station")}, 'cli:a name', ${challengeId}::uuid, '', '',
        app_now(), ${other.userId}::uuid, app_now(), app_now()) RETURNING id)
    INSERT INTO recovery_case_steps (case_id, act, by_subject, reason) SELECT id, 'reviewed', ${other.userId}::uuid, 'a reason' FROM c`;
  await sql`
    WITH t AS (INSERT INTO sites (host, level) VALUES (${`${userId}.example`}, 'aal1') RETURNING id)
    INSERT INTO site_sessions (site_id, session_id, ticket_until, browser_hash) SELECT id, ${person.sessionId}::uuid, app_now(), 'x' FROM t`;
  await sql`INSERT INTO account_countries (user_id, country) VALUES (${userId}::uuid, 'JP')`;
  await sql`
    INSERT INTO staff_grants (subject, role, granted_by, revoked_by, revoked_at)
    SELECT audit_subject, 'support', 'cli:a name', 'cli:a name', app_now() FROM users WHERE id = ${userId}::uuid`;
  await sql`
    INSERT INTO staff_invites (email, role, token_hash, invited_by, expires_at)
    VALUES (${account.email}, 'support', ${numberHash(more.e164)}, 'cli:a name', app_now())`;
  await sql`INSERT INTO limit_hits (policy, subject, owner) VALUES ('test', 'x', ${userId}::uuid)`;
  await sql`
    WITH incident AS (INSERT INTO incidents (reason, by) VALUES ('a reason', 'a name') RETURNING id)
    INSERT INTO incident_accounts (incident_id, user_id) SELECT id, ${userId}::uuid FROM incident`;
  await doJobs();
  return { account, more, other, person };
}

const keysAt = (data: unknown, path: string[]): unknown[] => {
  const [first = "", ...rest] = path;
  if (Array.isArray(data)) return data.flatMap((one) => keysAt(one, path));
  if (data === null || typeof data !== "object" || !Object.hasOwn(data, first)) return [];
  const value = (data as Record<string, unknown>)[first];
  return rest.length === 0 ? [value] : keysAt(value, rest);
};

beforeEach(forgetLimits);
afterEach(() => setClock(0));

describe("The list of what is exported", () => {
  it("has every column of every table, and none that does not exist", async () => {
    const rows = await sql<{ table: string; columns: string[] }>`
      SELECT c.table_name AS "table", json_agg(c.column_name ORDER BY c.column_name) AS columns FROM information_schema.columns c
        JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.table_type = 'BASE TABLE'
        -- A month of a table has the columns of that table.
        JOIN pg_class k ON k.oid = format('public.%I', c.table_name)::regclass AND NOT k.relispartition
      WHERE c.table_schema = 'public' GROUP BY c.table_name ORDER BY 1`;
    const found = rows.map((row) => [row.table, columns[row.table] === "not personal" ? "not personal" : row.columns]);
    const listed = Object.entries(columns).map(([table, verdict]) => [
      table,
      verdict === "not personal" ? verdict : Object.keys(verdict).sort(),
    ]);
    expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(found));
  });
});

describe("The export of a person's data", () => {
  it("takes a step-up of its own class, and is noted", async () => {
    const account = await makeAccount();
    const person = await stepped(account);
    await sql`UPDATE step_ups SET action = 'delete_account' WHERE session_id = ${person.sessionId}::uuid`;
    expect(await exportData(person, requester)).toMatchObject({ error: { code: "step_up_required", action: "export_data" } });
    const noted = () =>
      count(sql<{ n: number }>`
        SELECT count(*)::int AS n FROM audit_events WHERE event = 'data.exported' AND subject = (SELECT audit_subject FROM users WHERE id = ${account.userId}::uuid)`);
    expect(await noted()).toBe(0);
    await noteStepUp(sql, person.sessionId, "export_data");
    must(await exportData(person, requester));
    expect(await noted()).toBe(1);
  });

  it("has a place for every column that the list calls exported", async () => {
    const { person } = await full();
    const data = must(await exportData(person, requester));
    const paths = Object.values(columns).flatMap((verdict) => (verdict === "not personal" ? [] : Object.values(verdict)));
    const places = paths.filter((verdict) => verdict.startsWith("exported as ")).map((verdict) => verdict.slice(12));
    expect(places.filter((place) => keysAt(data, place.split(".")).length === 0)).toEqual([]);
  });

  it("has the person's own numbers and addresses in full, and no secret, no other person and nobody's reason", async () => {
    const { account, more, other, person } = await full();
    await sql`
      INSERT INTO audit_events (event, subject, method) SELECT 'account.suspended', audit_subject, 'somebody: because' FROM users WHERE id = ${account.userId}::uuid`;
    const data = must(await exportData(person, requester));
    const text = JSON.stringify(data);
    expect(data.phones).toMatchObject([{ number: account.e164 }]);
    expect(data.changes).toMatchObject([{ removedNumber: more.e164, kind: "phone_removed" }]);
    expect(data.messages.map(({ to }) => to)).toEqual(expect.arrayContaining([account.e164, account.email]));
    expect(data.recoveryCases).toMatchObject([{ note: "at the station", steps: [{ act: "reviewed" }] }]);
    expect(data.takeovers).toMatchObject([{ direction: "from_you" }]);
    const [secret] = await sql<Record<string, string>>`
      SELECT u.password_hash AS password, u.audit_subject::text AS subject, (SELECT sealed FROM notice_codes WHERE user_id = u.id LIMIT 1) AS sealed,
        encode((SELECT token_hash FROM sessions WHERE user_id = u.id LIMIT 1), 'hex') AS token FROM users u WHERE u.id = ${account.userId}::uuid`;
    for (const hidden of [...Object.values(secret ?? {}), other.userId, other.email, "because", "a reason", "a name"])
      expect(text).not.toContain(hidden);
    expect(text).not.toMatch(/sealed|"hash"|passwordHash/i);
  });

  it("gives one person nothing of another", async () => {
    const [mine, theirs] = [await full(), await makeAccount()];
    const data = JSON.stringify(must(await exportData(await stepped(theirs), requester)));
    for (const foreign of [mine.account.userId, mine.account.email, mine.account.e164]) expect(data).not.toContain(foreign);
  });
});
