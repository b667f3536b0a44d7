import type { IncomingMessage, ServerResponse } from "node:http";
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from "jose";
import { publishedKeys } from "#lib/db/signing-keys";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { cookieIn, drop, sessionCookie, setCookieLine } from "#lib/http/bearer";
import { type Client, readClient } from "#lib/openid/clients";
import { loginOf } from "#lib/openid/provider";
import { subjectFor } from "#lib/openid/subject";
import { requestContext } from "#lib/request";
import { endSession } from "#lib/sessions/end-session";

/** The ID token that a service hands back, also an expired one; null unless we signed it for one audience (RP-Initiated Logout 2). */
async function hinted(token: string | null): Promise<{ clientId: string; sub: string } | null> {
  if (!token) return null;
  try {
    const keys = createLocalJWKSet((await publishedKeys()) as JSONWebKeySet);
    const issued = decodeJwt(token).iat ?? 0;
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer: env().publicOrigin,
      algorithms: ["RS256"],
      currentDate: new Date(issued * 1000),
    });
    // Logout tokens have the same key and another type.
    if (![undefined, "JWT"].includes(protectedHeader.typ)) return null;
    return typeof payload.aud === "string" && payload.sub ? { clientId: payload.aud, sub: payload.sub } : null;
  } catch {
    return null;
  }
}

/** Where a service's people go after signing out: an address that it registered, exactly, with its `state`; else our own page. */
function returnOf(client: Client | undefined, asked: string | null, state: string | null): string | null {
  if (!client || !asked || !client.postLogoutRedirectUris.includes(asked)) return null;
  const url = new URL(asked);
  if (state !== null) url.searchParams.set("state", state);
  return url.href;
}

/**
 * Signs out at the wish of a service (OpenID Connect RP-Initiated Logout 1.0): at once where its ID token is of the person of this session, and
 * otherwise by a page that asks. Other services of the session are told by the back channel.
 */
export async function logOut(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { searchParams: asked } = new URL(req.url ?? "", "http://door.invalid");
  const hint = await hinted(asked.get("id_token_hint"));
  const named = asked.get("client_id");
  const client = hint && (named === null || named === hint.clientId) ? await readClient(hint.clientId) : undefined;
  const login = await loginOf(req);
  const back = returnOf(client, asked.get("post_logout_redirect_uri"), asked.get("state"));
  const own = client && login && hint?.sub === (await subjectFor(client, login.userId));
  if (login && !own) res.setHeader("Location", "/account");
  else {
    const token = cookieIn(req.headers.cookie, sessionCookie());
    if (own && token) {
      await endSession(token, { ip: requestContext()?.clientIp ?? "", userAgent: req.headers["user-agent"] ?? "" });
      res.setHeader("Set-Cookie", setCookieLine(drop(sessionCookie())));
    }
    res.setHeader("Location", back ?? "/");
  }
  res.statusCode = 303;
  res.end();
}

/** A session that ended and a service that has to be told. */
export type EndedLogin = { id: string; clientId: string; sid: string; sub: string; uri: string | null };

/** Reads one, or undefined where it was told or its service is gone. */
export async function readEnded(id: string): Promise<EndedLogin | undefined> {
  const [row] = await sql<EndedLogin>`
    SELECT l.id, l.client_id, l.sid, l.sub, c.backchannel_logout_uri AS uri FROM openid_logins l JOIN openid_clients c ON c.id = l.client_id
    WHERE l.id = ${id}::uuid AND l.session_id IS NULL`;
  return row;
}

/** Forgets one that was told. */
export const forgetEnded = (id: string): Promise<unknown> => sql`DELETE FROM openid_logins WHERE id = ${id}::uuid AND session_id IS NULL`;
