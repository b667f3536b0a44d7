import { createHash } from "node:crypto";
import { decodeJwt } from "jose";
import { type Adapter, type AdapterPayload, errors } from "oidc-provider";
import { isRegistered } from "#lib/console/client-rules";
import { seal, unseal } from "#lib/crypto/seal";
import { type Sql, sql } from "#lib/db/sql";
import { SESSION } from "#lib/limits/policy";
import { readClient } from "#lib/openid/clients";
import { noteLogin } from "#lib/openid/login";

/**
 * Keeps what the provider makes: rows are named by a digest of their value, which has at least 256 random bits, and payloads are sealed. A row that
 * belongs to a session is read while that session lives and is deleted with it.
 */

/** Seconds for which an ended request still redirects its browser to the same place, so that a double click succeeds. */
const AGAIN_SECONDS = 300;

const digest = (model: string, id: string): Buffer => createHash("sha256").update(`${model}\0${id}`).digest();

const place = (hash: Buffer, model: string) => ({
  table: "openid_items",
  column: "payload_sealed",
  row: hash.toString("hex"),
  owner: model,
});

type Row = { idHash: Buffer; payloadSealed: string; consumedAt: Date | null };

/** The columns beside a payload. */
type Noted = { createdAt: Date; agreedAt: Date | null };

const opened = (model: string, { idHash, payloadSealed, consumedAt }: Row): AdapterPayload => ({
  ...(JSON.parse(unseal(payloadSealed, place(idHash, model))) as AdapterPayload),
  ...(consumedAt ? { consumed: Math.floor(consumedAt.getTime() / 1000) } : {}),
});

/**
 * The metadata of a service as the provider reads it. Its secret is compared by `secretMatches` alone; the placeholder is no secret. The provider
 * requires a sector, but does not use this one: the addresses of an app share no host, and `pairwiseIdentifier` makes every `sub`.
 */
async function clientMetadata(id: string): Promise<AdapterPayload | undefined> {
  const client = await readClient(id);
  if (!client) return undefined;
  const keepsSecret = client.profile === "web";
  return {
    client_id: client.id,
    client_name: client.name,
    token_endpoint_auth_method: keepsSecret ? "client_secret_basic" : "none",
    ...(keepsSecret ? { client_secret: "compared by its digest" } : {}),
    ...(client.profile === "native" ? { application_type: "native", sector_identifier_uri: "https://app.invalid/" } : {}),
    ...(client.level ? { level: client.level } : {}),
    redirect_uris: client.redirectUris,
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    response_modes: ["query"],
    // The provider's accounts are sessions, and every `sub` is made by `pairwiseIdentifier`.
    subject_type: "pairwise",
    ...(client.backchannelLogoutUri
      ? { backchannel_logout_uri: client.backchannelLogoutUri, backchannel_logout_session_required: true }
      : {}),
  };
}

/** Whether a request or a code leads to an address that its service has, as it is registered now. */
async function leadsHome({ params, clientId, redirectUri }: AdapterPayload): Promise<boolean> {
  const [id, uri] = [clientId ?? params?.client_id, redirectUri ?? params?.redirect_uri];
  if (typeof id !== "string" || typeof uri !== "string") return true;
  const client = await readClient(id);
  return client !== undefined && isRegistered(client.profile, client.redirectUris, uri);
}

/** Reads a row of the provider by its value, or undefined. */
export async function readItem(model: string, id: string): Promise<(AdapterPayload & Noted) | undefined> {
  const [row] = await sql<Row & Noted>`
    SELECT i.id_hash, i.payload_sealed, i.consumed_at, i.created_at, i.agreed_at FROM openid_items i
      LEFT JOIN sessions s ON s.id = i.session_id LEFT JOIN users u ON u.id = s.user_id
    WHERE i.id_hash = ${digest(model, id)} AND i.expires_at > app_now() AND (i.session_id IS NULL OR (u.disabled_at IS NULL
      AND session_live(s.expires_at, s.last_seen_at, u.roles, ${SESSION.idle}::int, ${SESSION.adminIdle}::int)))`;
  if (!row) return undefined;
  const payload = opened(model, row);
  const leads = model === "Interaction" || model === "AuthorizationCode";
  return leads && !(await leadsHome(payload)) ? undefined : { ...payload, createdAt: row.createdAt, agreedAt: row.agreedAt };
}

/** Notes that the person of a request agreed to it. */
export const noteAgreed = (on: Sql, uid: string): Promise<unknown> =>
  on`UPDATE openid_items SET agreed_at = app_now() WHERE id_hash = ${digest("Interaction", uid)}`;

/** The storage of one model of the provider. */
export class OpenIdAdapter implements Adapter {
  readonly #model: string;

  constructor(model: string) {
    this.#model = model;
  }

  async upsert(id: string, { session, ...kept }: AdapterPayload, expiresIn: number): Promise<void> {
    // An interaction is bound to its browser by its own cookie; the session it began in may have ended in favour of a new one.
    const payload = this.#model === "Interaction" ? kept : { ...kept, ...(session === undefined ? {} : { session }) };
    const hash = digest(this.#model, id);
    const sessionId = this.#model === "Interaction" ? null : (payload.accountId ?? null);
    const { clientId = null, grantId, uid, sid } = payload;
    // An app has no secret: any client that knows its id could fill the table with pushed requests.
    if (typeof payload.request === "string" && (await readClient(decodeJwt(payload.request).iss ?? ""))?.profile !== "web")
      throw new errors.InvalidClient("pushed requests need a client secret");
    await sql`
      INSERT INTO openid_items (id_hash, model, payload_sealed, session_id, client_id, grant_hash, uid_hash, expires_at)
      VALUES (${hash}, ${this.#model}, ${seal(JSON.stringify(payload), place(hash, this.#model))}, ${sessionId}::uuid, ${clientId},
        ${grantId ? digest("Grant", grantId) : null}, ${uid ? digest("uid", uid) : null}, app_now() + make_interval(secs => ${expiresIn}::int))
      ON CONFLICT (id_hash) DO UPDATE SET payload_sealed = excluded.payload_sealed, session_id = excluded.session_id,
        client_id = excluded.client_id, grant_hash = excluded.grant_hash, uid_hash = excluded.uid_hash, expires_at = excluded.expires_at`;
    if (this.#model === "AuthorizationCode" && typeof sid === "string" && sessionId && clientId) await noteLogin(sessionId, clientId, sid);
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    if (this.#model === "Client") return clientMetadata(id);
    const item = await readItem(this.#model, id);
    if (!item) return undefined;
    const { createdAt: _, agreedAt: __, ...payload } = item;
    return payload;
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    const [row] = await sql<Row>`
      SELECT i.id_hash, i.payload_sealed, i.consumed_at FROM openid_items i JOIN sessions s ON s.id = i.session_id JOIN users u ON u.id = s.user_id
      WHERE i.uid_hash = ${digest("uid", uid)} AND i.model = ${this.#model} AND i.expires_at > app_now() AND u.disabled_at IS NULL
        AND session_live(s.expires_at, s.last_seen_at, u.roles, ${SESSION.idle}::int, ${SESSION.adminIdle}::int)`;
    return row && opened(this.#model, row);
  }

  async findByUserCode(): Promise<undefined> {
    return undefined;
  }

  /** Of two uses at the same moment one is let through; the other ends everything of its grant, as a use after it would (RFC 9700 4.14.2). */
  async consume(id: string): Promise<void> {
    const hash = digest(this.#model, id);
    const used = await sql`UPDATE openid_items SET consumed_at = app_now() WHERE id_hash = ${hash} AND consumed_at IS NULL RETURNING 1`;
    if (used.length > 0) return;
    // The grant is deleted too: the first use may store its tokens after this, and tokens without a grant are not accepted.
    await sql`
      DELETE FROM openid_items i USING (SELECT grant_hash FROM openid_items WHERE id_hash = ${hash}) g
      WHERE i.grant_hash = g.grant_hash OR i.id_hash = g.grant_hash`;
    throw new errors.InvalidGrant("already used");
  }

  async destroy(id: string): Promise<void> {
    const hash = digest(this.#model, id);
    if (this.#model === "Interaction")
      await sql`
        UPDATE openid_items SET expires_at = least(expires_at, app_now() + make_interval(secs => ${AGAIN_SECONDS}::int)) WHERE id_hash = ${hash}`;
    else await sql`DELETE FROM openid_items WHERE id_hash = ${hash}`;
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await sql`DELETE FROM openid_items WHERE grant_hash = ${digest("Grant", grantId)} AND model = ${this.#model}`;
  }
}
