import { createHash, randomBytes, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Registration } from "#lib/console/client-rules";
import { addClientByCommand } from "#lib/console/clients";
import { publishedKeys } from "#lib/db/signing-keys";
import { env } from "#lib/env";
import { sessionCookie } from "#lib/http/bearer";
import { openIdRouteAt } from "#lib/openid/routes";
import { must } from "#lib/testing/fixtures";

/** Services, their browsers and their calls for database tests: the routes of OpenID Connect on loopback, without the front door. */

export type TestService = { id: string; secret: string | null; back: string };

/** Registers a service at `https://HOST/`, by default one of another company that is told of ended sessions. */
export async function addService(more: Partial<Registration> = {}, host = `${randomUUID()}.example.jp`): Promise<TestService> {
  const back = `https://${host}/back`;
  const typed = {
    ...{ name: "お買い物", redirectUris: [back], postLogoutRedirectUris: [`https://${host}/bye`] },
    ...{ backchannelLogoutUri: `https://${host}/told`, firstParty: false, pairwise: false },
    ...{ profile: "web" as const, level: null },
  };
  return { ...must(await addClientByCommand({ ...typed, ...more }, "cli:test")), back };
}

export type Answered = { status: number; body: Record<string, unknown>; location: URL | null };

/** A request of a service: its parameters, and the verifier of its code. */
export function requestOf({ id, back }: TestService, more: Record<string, string | null> = {}) {
  const verifier = randomBytes(32).toString("base64url");
  const parameters = new URLSearchParams({
    ...{ client_id: id, redirect_uri: back, response_type: "code", scope: "openid email", state: "s", nonce: "n" },
    ...{ code_challenge: createHash("sha256").update(verifier).digest("base64url"), code_challenge_method: "S256" },
  });
  for (const [name, value] of Object.entries(more)) value === null ? parameters.delete(name) : parameters.set(name, value);
  return { verifier, parameters };
}

/** The routes on a server of their own. */
export async function openIdServer() {
  const server = createServer(async (req, res) => {
    const path = (req.url ?? "").split("?")[0] ?? "";
    const { host, protocol } = new URL(env().publicOrigin);
    Object.assign(req.headers, { "x-forwarded-host": host, "x-forwarded-proto": protocol.slice(0, -1) });
    if (path === "/.well-known/jwks.json") return void res.end(JSON.stringify(await publishedKeys()));
    const listener = openIdRouteAt(path)?.listener;
    if (!listener) return void res.writeHead(404).end();
    await listener(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function ask(path: string, init: RequestInit = {}): Promise<Answered & { cookies: string[] }> {
    const answer = await fetch(url + path, { ...init, redirect: "manual" });
    const text = await answer.text();
    const location = answer.headers.get("location");
    const json = /json/.test(answer.headers.get("content-type") ?? "");
    return {
      status: answer.status,
      body: json ? (JSON.parse(text) as Record<string, unknown>) : {},
      location: location === null ? null : new URL(location, env().publicOrigin),
      cookies: answer.headers.getSetCookie(),
    };
  }

  /** Sends a browser with a session, or none, to a path. */
  const visit = (path: string, sessionToken?: string, cookies: string[] = []) =>
    ask(path, { headers: { cookie: [...(sessionToken ? [`${sessionCookie()}=${sessionToken}`] : []), ...cookies].join("; ") } });
  const authorize = (parameters: URLSearchParams, sessionToken?: string) => visit(`/openid/authorize?${parameters}`, sessionToken);
  /** A call of a service with its own secret, with another, or of one that has none. */
  const call = (path: string, { id, secret }: Pick<TestService, "id" | "secret">, fields: Record<string, string>) =>
    ask(path, {
      method: "POST",
      headers: secret === null ? {} : { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
      body: new URLSearchParams(secret === null ? { client_id: id, ...fields } : fields),
    });
  const exchange = (service: TestService, code: string, verifier: string | null, more: Record<string, string> = {}) =>
    call("/openid/token", service, {
      ...{ grant_type: "authorization_code", code, redirect_uri: service.back },
      ...(verifier === null ? {} : { code_verifier: verifier }),
      ...more,
    });
  const refresh = (service: TestService, token: string) =>
    call("/openid/token", service, { grant_type: "refresh_token", refresh_token: token });
  const userinfo = (token: string) => ask("/openid/userinfo", { headers: { authorization: `Bearer ${token}` } });

  /** Signs in at a service with an open session: the code, its verifier and what it bought. */
  async function enter(service: TestService, sessionToken: string, more: Record<string, string | null> = {}) {
    const { verifier, parameters } = requestOf(service, more);
    const { location } = await authorize(parameters, sessionToken);
    const code = location?.searchParams.get("code") ?? "";
    const { status, body } = await exchange(service, code, verifier);
    if (status !== 200) throw new Error(`no tokens: ${location} ${JSON.stringify(body)}`);
    return { code, verifier, tokens: body as { access_token: string; refresh_token: string; id_token: string } };
  }

  const close = () => new Promise<void>((resolve) => server.close(() => resolve()).closeAllConnections());
  return { url, ask, visit, authorize, call, exchange, refresh, userinfo, enter, close };
}

export type OpenIdServer = Awaited<ReturnType<typeof openIdServer>>;
