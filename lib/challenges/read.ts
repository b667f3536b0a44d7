import { type ChallengeState, type ChallengeView, type PurposePage, stateOf } from "#lib/challenges/challenge";
import { type House, purposeOf, purposesThat } from "#lib/challenges/port";
import { type ViewRow, viewOf } from "#lib/challenges/view";
import { keyedHashes } from "#lib/crypto/hash";
import { composed, type Sql, sql } from "#lib/db/sql";
import type { Whose } from "#lib/words/whose";

/** A challenge as stored, with what its view needs. */
export type ChallengeRow = ViewRow & {
  id: string;
  locale: string;
  returnTo: string | null;
  /** The session that asked. */
  sessionId: string | null;
  /** The epoch of the account in which its password was proven. */
  epoch: number;
  /** The known device on which it was opened. */
  deviceId: string | null;
  consumedAt: Date | null;
  voidedAt: Date | null;
};

/** The hashes a presented challenge token may be stored under. */
export const challengeHashes = (token: string): Buffer[] =>
  /^[A-Za-z0-9_-]{43}$/.test(token) ? keyedHashes("token", "challenge", token) : [];

/**
 * The most authenticators that are read for an account, disabled ones last. The limit also gives the planner an estimate; without statistics it
 * assumes a thousand rows.
 */
const MOST_AUTHENTICATORS = 32;

/** SQL for the authenticators of an account as `Bound[]`, the oldest first; each kind adds its details. */
export function boundSql({ authenticators }: House, account: string): string {
  if (!authenticators.some(({ bound }) => bound)) return "'[]'::json";
  const cases = authenticators.flatMap(({ kind, details }) => (details ? `WHEN '${kind}' THEN ${details()}` : [])).join(" ");
  return `coalesce((SELECT json_agg(json_build_object('id', a.id, 'kind', a.kind, 'verified', a.verified_at IS NOT NULL, 'disabled', a.disabled_at IS NOT NULL,
    'lastUsedAt', a.last_used_at, 'details', CASE a.kind ${cases} END) ORDER BY a.created_at) 
    FROM (SELECT * FROM authenticators WHERE user_id = ${account} ORDER BY disabled_at IS NOT NULL, created_at LIMIT ${MOST_AUTHENTICATORS}) a), '[]')`;
}

/** SQL for the account data that the house needs besides the authenticators. */
export const factsSql = ({ facts }: House, account: string): string => facts?.(account) ?? "NULL::json";

const whichOne = { token: "c.token_hash = ANY($::bytea[])", id: "c.id = $::uuid" };
const loads = { token: new WeakMap<House, TemplateStringsArray>(), id: new WeakMap<House, TemplateStringsArray>() };

function loadOf(house: House, by: keyof typeof whichOne): TemplateStringsArray {
  const load = loads[by].get(house) ?? composed(`${loadSql(house)} WHERE ${whichOne[by]}`);
  loads[by].set(house, load);
  return load;
}

/** The purposes that an address may prove, as SQL; NULL where there is none. */
function mailed(house: House): string {
  const purposes = purposesThat(house, (purpose) =>
    house.authenticators.some((one) => !one.bound && one.methods.includes("email") && purpose.accepts(one, 1)),
  );
  return purposes.map((name) => `'${name}'`).join(", ") || "NULL";
}

/** The act of a challenge with its values, as SQL. */
function askedSql({ purposes }: House): string {
  const cases = Object.values(purposes).flatMap((one) => (one?.asked ? `WHEN '${one.name}' THEN ${one.asked()}` : []));
  return cases.length > 0 ? `CASE c.purpose ${cases.join(" ")} END` : "NULL::json";
}

/** What authenticators without rows need of a challenge, as SQL. */
const claimedSql = ({ authenticators }: House): string =>
  `coalesce(${authenticators.flatMap(({ claimed }) => (claimed ? [claimed()] : [])).join(", ") || "NULL::json"})`;

/** Whether a message was held back by a limit or an operator's stop, as SQL. */
const HELD = "(status = 'failed' AND (until IS NOT NULL OR coalesce(reason = 'sending_stopped', false)))";

const loadSql = (house: House) => `
  SELECT c.*, ${askedSql(house)} AS asked, ${claimedSql(house)} AS claimed, coalesce(c.voided_at, CASE WHEN c.epoch <> u.epoch THEN app_now() END) AS voided_at, app_now() AS now, u.email AS account_email,
    (SELECT k.expires_at FROM challenge_codes k
      WHERE k.challenge_id = c.id AND k.authenticator_id IS NOT DISTINCT FROM c.current_authenticator_id) AS code_expires_at,
    ${boundSql(house, "c.user_id")} AS authenticators, ${factsSql(house, "c.user_id")} AS facts,
    (coalesce(c.purpose IN (${mailed(house)}), false) AND sending_stopped('EMAIL', NULL, NULL, 'infinity')) AS mail_stopped,
    coalesce((SELECT json_agg(s) FROM (
      SELECT channel, (count(*) FILTER (WHERE NOT ${HELD}))::int AS sends, max(created_at) FILTER (WHERE NOT ${HELD}) AS last,
        count(*)::int AS asked, max(created_at) AS "askedAt"
      FROM messages WHERE challenge_id = c.id GROUP BY channel) s), '[]') AS sent,
    (SELECT row_to_json(m) FROM (
      SELECT n.channel, n.authenticator_id AS "authenticatorId", n.status, n.reason, n.status_at AS "statusAt", n.until,
        (SELECT p.sender FROM delivery_attempts a JOIN provider_accounts p ON p.id = a.account_id WHERE a.message_id = n.id ORDER BY a.started_at DESC LIMIT 1) AS sender
      FROM messages n WHERE n.challenge_id = c.id ORDER BY n.created_at DESC LIMIT 1) m) AS last
  FROM challenges c LEFT JOIN users u ON u.id = c.user_id`;

/** Reads the challenge of a token with all data of its view in one statement; null if there is none. */
export async function loadChallenge(house: House, token: string, tx: Sql = sql): Promise<ChallengeRow | null> {
  const hashes = challengeHashes(token);
  if (hashes.length === 0) return null;
  const [row] = await tx<ChallengeRow>(loadOf(house, "token"), hashes);
  return row ?? null;
}

/** Reads a challenge by its id, for what knows no token of it. */
export async function loadChallengeById(house: House, id: string, tx: Sql): Promise<ChallengeRow | null> {
  const [row] = await tx<ChallengeRow>(loadOf(house, "id"), id);
  return row ?? null;
}

/** The state of a stored challenge at the moment it was read. */
export const stateOfRow = (row: ChallengeRow): ChallengeState =>
  stateOf({ attempts: row.attempts, expiresAt: row.expiresAt, consumedAt: row.consumedAt, voidedAt: row.voidedAt }, row.now);

/** Tells whether a form belongs to another challenge than this row; a request without a form name (the JSON API) always matches. */
export const isOfAnother = (row: Pick<ChallengeRow, "id"> | null, drawnFor: string | undefined): boolean =>
  drawnFor !== undefined && row?.id !== drawnFor;

/** The id of a token's challenge, whatever its state; null when there is none. */
export async function challengeIdOf(token: string): Promise<string | null> {
  const hashes = challengeHashes(token);
  if (hashes.length === 0) return null;
  const [row] = await sql<{ id: string }>`SELECT id FROM challenges WHERE token_hash = ANY(${hashes}::bytea[])`;
  return row?.id ?? null;
}

/** A challenge in the form that its pages need. */
export type ReadChallenge = {
  id: string;
  view: ChallengeView;
  state: ChallengeState;
  returnTo: string | null;
  whose: Whose;
  page: PurposePage;
  /** The provider that proved the first factor in place of the password; null after a password. */
  federatedBy: string | null;
};

/** The view and state of a token's challenge; null when there is none or it was consumed. */
export async function read(house: House, token: string): Promise<ReadChallenge | null> {
  const row = await loadChallenge(house, token);
  if (!row || row.consumedAt) return null;
  const purpose = purposeOf(house, row.purpose);
  return {
    id: row.id,
    view: viewOf(purpose, row),
    state: stateOfRow(row),
    returnTo: row.returnTo,
    whose: purpose.whose(row),
    page: row.sessionId === null ? purpose.page : (purpose.pageInSession ?? purpose.page),
    federatedBy: row.federatedBy,
  };
}
