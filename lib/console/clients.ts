import { randomUUID } from "node:crypto";
import { record } from "#lib/audit/record";
import { clientSecretHash } from "#lib/crypto/client-secret";
import { newToken } from "#lib/crypto/hash";
import { type Sql, sql, transaction } from "#lib/db/sql";
import type { ErrorCode, Refused } from "#lib/errors";
import { fail, ok, type Result } from "#lib/result";
import type { Acting } from "#lib/sessions/step-up";
import { actAsStaff } from "#lib/staff/act";

/** The services that sign their people in here: who they are, where their people return to, and their secrets, which are hashed. */

/** A service as it is stored; URLs are exact. */
export type Client = {
  id: string;
  name: string;
  redirectUris: string[];
  postLogoutRedirectUris: string[];
  backchannelLogoutUri: string | null;
  firstParty: boolean;
  pairwise: boolean;
  createdAt: Date;
  lastUsedAt: Date | null;
  oldSecretUntil: Date | null;
};

/** What is typed for a new service. */
export type NewClient = Pick<
  Client,
  "name" | "redirectUris" | "postLogoutRedirectUris" | "backchannelLogoutUri" | "firstParty" | "pairwise"
>;

/** The secret of a service, shown once. */
export type ClientSecret = { id: string; secret: string };

/** How long the secret before a rotation works beside the new one, in seconds. */
export const OLD_SECRET_SECONDS = 86_400;
const LONGEST_URL = 2_000;

/** An https URL, or http on loopback, without a fragment or credentials (OpenID Connect Core 3.1.2.1, RFC 9700 2.1). */
function isReturn(text: string): boolean {
  const url = URL.parse(text);
  if (!url || text.length > LONGEST_URL || text.includes("#") || text.includes("*") || url.username || url.password) return false;
  return url.protocol === "https:" || (url.protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname));
}

const refused = (field: string, code: ErrorCode = "url_invalid"): Result<never, Refused> =>
  fail({ code: "invalid_input", fields: { [field]: code } });

/** Judges what was typed. All addresses to return to have one host, so that one service's `sub` belongs to one site. */
function judged(typed: NewClient): Result<NewClient, Refused> {
  const name = typed.name.trim().normalize("NFC");
  if (name === "" || name.length > 80 || /\p{C}/u.test(name)) return refused("name", "required");
  if (typed.redirectUris.length === 0 || typed.redirectUris.length > 10 || !typed.redirectUris.every(isReturn))
    return refused("redirectUris");
  if (new Set(typed.redirectUris.map((one) => new URL(one).host)).size > 1) return refused("redirectUris", "not_one_host");
  if (typed.postLogoutRedirectUris.length > 10 || !typed.postLogoutRedirectUris.every(isReturn)) return refused("postLogoutRedirectUris");
  if (typed.backchannelLogoutUri !== null && !isReturn(typed.backchannelLogoutUri)) return refused("backchannelLogoutUri");
  return ok({ ...typed, name });
}

async function add(tx: Sql, typed: NewClient, by: string): Promise<Result<ClientSecret, Refused>> {
  const right = judged(typed);
  if (!right.ok) return right;
  const { name, redirectUris, postLogoutRedirectUris, backchannelLogoutUri, firstParty, pairwise } = right.value;
  const [id, secret] = [randomUUID(), newToken()];
  await tx`
    INSERT INTO openid_clients (id, name, secret_hash, redirect_uris, post_logout_redirect_uris, backchannel_logout_uri, first_party, pairwise)
    VALUES (${id}, ${name}, ${clientSecretHash(secret)}, ${redirectUris}::text[], ${postLogoutRedirectUris}::text[], ${backchannelLogoutUri},
      ${firstParty}::boolean, ${pairwise}::boolean)`;
  await record(tx, { event: "client.added", method: `${id} ${by}`, ip: "", userAgent: "" });
  return ok({ id, secret });
}

const NONE: Refused = { code: "not_found" };

/** The secret before works for another day, so that a service changes over without a pause. */
async function rotate(tx: Sql, id: string, by: string): Promise<Result<ClientSecret, Refused>> {
  const secret = newToken();
  const changed = await tx`
    UPDATE openid_clients SET old_secret_hash = secret_hash, old_secret_until = app_now() + make_interval(secs => ${OLD_SECRET_SECONDS}::int),
      secret_hash = ${clientSecretHash(secret)} WHERE id = ${id} RETURNING 1`;
  if (changed.length === 0) return fail(NONE);
  await record(tx, { event: "client.rotated", method: `${id} ${by}`, ip: "", userAgent: "" });
  return ok({ id, secret });
}

async function remove(tx: Sql, id: string, by: string): Promise<Result<null, Refused>> {
  const gone = await tx`DELETE FROM openid_clients WHERE id = ${id} RETURNING 1`;
  if (gone.length === 0) return fail(NONE);
  await record(tx, { event: "client.removed", method: `${id} ${by}`, ip: "", userAgent: "" });
  return ok(null);
}

/** Adds a service from the console; returns its secret, which is stored nowhere. Refusals: those of `requireStaff`, `invalid_input`. */
export const addClient = (acting: Acting, typed: NewClient) =>
  actAsStaff(acting, { act: "clients.change" }, (tx, { by }) => add(tx, typed, by));

/** Gives a service another secret; the one before works for a day. Refusals: those of `requireStaff`, `not_found`. */
export const rotateClient = (acting: Acting, id: string) =>
  actAsStaff(acting, { act: "clients.change" }, (tx, { by }) => rotate(tx, id, by));

/** Removes a service with everything that it was given. Refusals: those of `requireStaff`, `not_found`. */
export const removeClient = (acting: Acting, id: string) =>
  actAsStaff(acting, { act: "clients.change" }, (tx, { by }) => remove(tx, id, by));

const patient = { patient: true };
/** The same at the command line. */
export const addClientByCommand = (typed: NewClient, by: string) => transaction((tx) => add(tx, typed, by), patient);
export const rotateClientByCommand = (id: string, by: string) => transaction((tx) => rotate(tx, id, by), patient);
export const removeClientByCommand = (id: string, by: string) => transaction((tx) => remove(tx, id, by), patient);

/** Every service, by name. */
export const listClients = () => sql<Client>`
  SELECT id, name, redirect_uris, post_logout_redirect_uris, backchannel_logout_uri, first_party, pairwise, created_at, last_used_at,
    CASE WHEN old_secret_until > app_now() THEN old_secret_until END AS old_secret_until
  FROM openid_clients ORDER BY name, id`;
