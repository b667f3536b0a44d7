import type { IncomingMessage, ServerResponse } from "node:http";
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from "jose";
import { publishedKeys } from "#lib/db/signing-keys";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { cookieIn, drop, sessionCookie, setCookieLine } from "#lib/http/bearer";
import { type Client, readClient } from "#lib/openid/clients";
import { returnOf } from "#lib/openid/logout-return";
import { subjectFor } from "#lib/openid/subject";
import { requestContext } from "#lib/request";
import { endSession } from "#lib/sessions/end-session";
import { readSession } from "#lib/sessions/read-session";

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

/** The page that asks, for a service whose ID token does not say that it means the person of this session. */
function pageThatAsks(client: Client | undefined, asked: URLSearchParams): string {
  const kept = new URLSearchParams(client ? { client: client.id } : {});
  for (const name of client ? ["post_logout_redirect_uri", "state"] : []) {
    const value = asked.get(name);
    if (value !== null) kept.set(name, value);
  }
  return `/continue/sign-out?${kept}`;
}

/**
 * Signs out at the wish of a service (OpenID Connect RP-Initiated Logout 1.0): at once where its ID token is of the person of this session, and
 * otherwise by a page that asks. Other services of the session are told by the back channel.
 */
export async function logOut(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { searchParams: asked } = new URL(req.url ?? "", "http://door.invalid");
  const [given, named] = [asked.get("id_token_hint"), asked.get("client_id")];
  const hint = await hinted(given);
  const agreed = hint ? named === null || named === hint.clientId : given === null;
  const clientId = hint?.clientId ?? named;
  const client = agreed && clientId !== null ? await readClient(clientId) : undefined;
  const token = cookieIn(req.headers.cookie, sessionCookie());
  const session = token ? await readSession(token) : null;
  const own = client && session && hint?.sub === (await subjectFor(client, session.user.id));
  res.statusCode = 303;
  if (session && !own) res.setHeader("Location", pageThatAsks(client, asked));
  else {
    if (own && token) {
      await endSession(token, { ip: requestContext()?.clientIp ?? "", userAgent: req.headers["user-agent"] ?? "" });
      res.setHeader("Set-Cookie", setCookieLine(drop(sessionCookie())));
    }
    res.setHeader("Location", returnOf(client, asked.get("post_logout_redirect_uri"), asked.get("state")) ?? "/");
  }
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
