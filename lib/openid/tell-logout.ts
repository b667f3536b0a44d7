import { randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import { signingKey } from "#lib/db/signing-keys";
import { exchange } from "#lib/delivery/providers/http";
import { env } from "#lib/env";
import { forgetEnded, readEnded } from "#lib/openid/logout";

const EVENT = "http://schemas.openid.net/event/backchannel-logout";
const PATIENCE_MS = 5_000;

/**
 * Tells a service that a session of it ended, by a signed logout token (OpenID Connect Back-Channel Logout 1.0, 2.5). Throws where the service did
 * not take it, so that the queue tries again.
 */
export async function tellLogout(loginId: string): Promise<void> {
  const ended = await readEnded(loginId);
  if (!ended) return;
  if (ended.uri) {
    const { kid, key } = await signingKey("RS256");
    const token = await new SignJWT({ sid: ended.sid, events: { [EVENT]: {} } })
      .setProtectedHeader({ alg: "RS256", typ: "logout+jwt", kid })
      .setIssuer(env().publicOrigin)
      .setAudience(ended.clientId)
      .setSubject(ended.sub)
      .setIssuedAt()
      .setExpirationTime("2m")
      .setJti(randomUUID())
      .sign(key);
    const body = new URLSearchParams({ logout_token: token }).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await exchange(ended.uri, { method: "POST", headers, body }, AbortSignal.timeout(PATIENCE_MS));
    if (!answer.ok) throw new Error("a service does not take its logout token");
    if (answer.status < 200 || answer.status > 299) throw new Error(`a service answered ${answer.status} to a logout token`);
  }
  await forgetEnded(ended.id);
}
