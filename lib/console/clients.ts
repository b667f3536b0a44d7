import { createHash, randomUUID } from "node:crypto";
import { record } from "#lib/audit/record";
import { judged, type Registration } from "#lib/console/client-rules";
import { clientSecretHash } from "#lib/crypto/client-secret";
import { newToken } from "#lib/crypto/hash";
import { type Sql, sql, transaction } from "#lib/db/sql";
import type { Refused } from "#lib/errors";
import { fail, ok, type Result } from "#lib/result";
import type { Acting } from "#lib/sessions/step-up";
import { actAsStaff } from "#lib/staff/act";

/** The services that sign their people in here: who they are, where their people return to, and their secrets, which are hashed. */

/** A service as it is stored. */
export type Client = Registration & {
  id: string;
  createdAt: Date;
  lastUsedAt: Date | null;
  oldSecretUntil: Date | null;
};

/** A service that was made, with its secret, which is shown once; null where it keeps none. */
export type MadeClient = { id: string; secret: string | null };

/** The hours for which the secret before a rotation works beside the new one, by default and at most. */
export const SECRET_OVERLAP_HOURS = { usual: 24, most: 24 * 30 } as const;

/** One service, or undefined. */
export async function readClient(id: string, on: Sql = sql): Promise<Client | undefined> {
  const [client] = await on<Client>`
    SELECT id, name, profile, redirect_uris, post_logout_redirect_uris, backchannel_logout_uri, first_party, pairwise, level, created_at,
      last_used_at, CASE WHEN old_secret_until > app_now() THEN old_secret_until END AS old_secret_until FROM openid_clients WHERE id = ${id}`;
  return client;
}

/** Every service, by name. */
export const listClients = () => sql<Client>`
  SELECT id, name, profile, redirect_uris, post_logout_redirect_uris, backchannel_logout_uri, first_party, pairwise, level, created_at,
    last_used_at, CASE WHEN old_secret_until > app_now() THEN old_secret_until END AS old_secret_until FROM openid_clients ORDER BY name, id`;

/** Names what may be changed of a service as it is now, so that a form tells whether it was drawn for another. */
export const editionOf = ({ name, redirectUris, postLogoutRedirectUris, backchannelLogoutUri, firstParty, level }: Client): string =>
  createHash("sha256")
    .update(JSON.stringify([name, redirectUris, postLogoutRedirectUris, backchannelLogoutUri, firstParty, level]))
    .digest("base64url");

async function add(tx: Sql, typed: Registration, by: string): Promise<Result<MadeClient, Refused>> {
  const right = judged(typed);
  if (!right.ok) return right;
  const { name, profile, redirectUris, postLogoutRedirectUris, backchannelLogoutUri, firstParty, pairwise, level } = right.value;
  const [id, secret] = [randomUUID(), profile === "web" ? newToken() : null];
  await tx`
    INSERT INTO openid_clients (id, name, profile, secret_hash, redirect_uris, post_logout_redirect_uris, backchannel_logout_uri, first_party,
      pairwise, level)
    VALUES (${id}, ${name}, ${profile}, ${secret && clientSecretHash(secret)}::bytea, ${redirectUris}::text[], ${postLogoutRedirectUris}::text[],
      ${backchannelLogoutUri}, ${firstParty}::boolean, ${pairwise}::boolean, ${level})`;
  await record(tx, { event: "client.added", method: `${id} ${by}`, ip: "", userAgent: "" });
  return ok({ id, secret });
}

const NONE: Refused = { code: "not_found" };

/** The secret before works for `overlapHours` more, so that a service changes over without a pause; with 0 it ends now. */
async function rotate(tx: Sql, id: string, overlapHours: number, by: string): Promise<Result<MadeClient, Refused>> {
  if (!(overlapHours >= 0 && overlapHours <= SECRET_OVERLAP_HOURS.most))
    return fail({ code: "invalid_input", fields: { overlap: "invalid_input" } });
  const secret = newToken();
  const changed = await tx`
    UPDATE openid_clients SET old_secret_hash = secret_hash, old_secret_until = app_now() + make_interval(hours => ${overlapHours}::int),
      secret_hash = ${clientSecretHash(secret)} WHERE id = ${id} AND profile = 'web' RETURNING 1`;
  if (changed.length === 0) return fail(NONE);
  await record(tx, { event: "client.rotated", method: `${id} overlap ${overlapHours}h ${by}`, ip: "", userAgent: "" });
  return ok({ id, secret });
}

async function remove(tx: Sql, id: string, by: string): Promise<Result<null, Refused>> {
  const gone = await tx`DELETE FROM openid_clients WHERE id = ${id} RETURNING 1`;
  if (gone.length === 0) return fail(NONE);
  await record(tx, { event: "client.removed", method: `${id} ${by}`, ip: "", userAgent: "" });
  return ok(null);
}

/** Adds a service from the console; returns its secret, which is stored nowhere. Refusals: those of `requireStaff`, `invalid_input`. */
export const addClient = (acting: Acting, typed: Registration) =>
  actAsStaff(acting, { act: "clients.add" }, (tx, { by }) => add(tx, typed, by));

/** Gives a service another secret; the one before works for `overlapHours`. Refusals: those of `requireStaff`, `invalid_input`, `not_found`. */
export const rotateClient = (acting: Acting, id: string, overlapHours: number) =>
  actAsStaff(acting, { act: "clients.rotate" }, (tx, { by }) => rotate(tx, id, overlapHours, by));

/** Removes a service with everything that it was given. Refusals: those of `requireStaff`, `not_found`. */
export const removeClient = (acting: Acting, id: string) =>
  actAsStaff(acting, { act: "clients.remove" }, (tx, { by }) => remove(tx, id, by));

const patient = { patient: true };
/** The same at the command line. */
export const addClientByCommand = (typed: Registration, by: string) => transaction((tx) => add(tx, typed, by), patient);
export const rotateClientByCommand = (id: string, overlapHours: number, by: string) =>
  transaction((tx) => rotate(tx, id, overlapHours, by), patient);
export const removeClientByCommand = (id: string, by: string) => transaction((tx) => remove(tx, id, by), patient);
