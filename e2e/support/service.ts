import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import * as oidc from "openid-client-6";
import { clientSecretHash } from "../../lib/crypto/client-secret.ts";
import { type Client, expectStatus } from "./api.ts";
import { program } from "./provider.ts";
import type { Instance } from "./server.ts";
import { onRows } from "./staff.ts";

/** A service that signs its people in here, by openid-client, with a page of its own on loopback. */
export type Service = {
  id: string;
  secret: string;
  /** Where people return to. */
  callback: string;
  /** Where people return to after signing out. */
  bye: string;
  config: oidc.Configuration;
  /** What arrived on its back channel. */
  told: string[];
  /** What the back channel answers. */
  answers: { status: number };
  close(): Promise<void>;
};

/** Runs `npm run client` and returns what it printed. */
export const clientCommand = async (server: Instance, args: string[]): Promise<string> => {
  const { code, out } = await program(join("scripts", "commands", "client.ts"), server.databaseUrl, args, {});
  if (code !== 0) throw new Error(out);
  return out;
};

type Kind = { firstParty?: boolean; pairwise?: boolean; profile?: "web" | "browser" | "native" };

/** Registers a service by its row; one that does not run on a server has no secret. */
export async function registerService(
  server: Instance,
  redirect: string,
  { firstParty = false, pairwise = false, profile = "web" }: Kind = {},
) {
  const [id, secret, { origin }] = [randomUUID(), randomUUID(), new URL(redirect)];
  await onRows(server, (rows) =>
    rows.query(
      `INSERT INTO openid_clients (id, name, secret_hash, redirect_uris, post_logout_redirect_uris, backchannel_logout_uri, first_party, pairwise, profile)
       VALUES ($1, 'お買い物', $2, $3, $4, $5, $6, $7, $8)`,
      ...[id, profile === "web" ? clientSecretHash(secret) : null, [redirect], [`${origin}/bye`], `${origin}/told`],
      ...[firstParty, pairwise, profile],
    ),
  );
  return { id, secret };
}

export async function openService(server: Instance, kind: Kind = {}): Promise<Service> {
  const told: string[] = [];
  const answers = { status: 200 };
  const page = createServer((req, res) => {
    let body = "";
    req.on("data", (chunk) => {
      body += chunk;
    });
    req.on("end", () => {
      if (req.url === "/told") told.push(new URLSearchParams(body).get("logout_token") ?? "");
      res.writeHead(req.url === "/told" ? answers.status : 200, { "content-type": "text/html" });
      res.end('<!doctype html><html lang="en"><title>Service</title><h1>Back at the service</h1></html>');
    });
  });
  await new Promise<void>((resolve) => page.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(page.address() as AddressInfo).port}`;
  const callback = `${base}/back`;
  // An app registers loopback and listens at any port of it.
  const { id, secret } = await registerService(server, kind.profile === "native" ? "http://127.0.0.1/back" : callback, kind);
  const auth = (kind.profile ?? "web") === "web" ? oidc.ClientSecretPost(secret) : oidc.None();
  const config = await oidc.discovery(new URL(server.url), id, undefined, auth, { execute: [oidc.allowInsecureRequests] });
  const close = () => new Promise<void>((resolve) => page.close(() => resolve()).closeAllConnections());
  return { id, secret, callback, bye: `${base}/bye`, config, told, answers, close };
}

/** An authorisation request with its PKCE verifier. */
export async function requestOf({ config, callback }: Service, more: Record<string, string> = {}) {
  const verifier = oidc.randomPKCECodeVerifier();
  const state = oidc.randomState();
  const nonce = oidc.randomNonce();
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope: "openid email",
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
    ...more,
  });
  return { url, verifier, state, nonce };
}

export type Asked = Awaited<ReturnType<typeof requestOf>>;

/** Exchanges the code with which a person came back. */
export const exchange = ({ config }: Service, came: URL, { verifier, state, nonce }: Asked) =>
  oidc.authorizationCodeGrant(config, came, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce });

/** Sends a request as a signed-in browser and returns where it leads. */
export async function leadsTo(client: Client, url: URL): Promise<URL> {
  const { headers } = expectStatus(await client.get(`${url.pathname}${url.search}`), 303);
  return new URL(headers.get("location") ?? "", client.url);
}

/** Signs in at a service with the session that a browser has, without any page. */
export async function enter(service: Service, client: Client, more: Record<string, string> = {}) {
  const asked = await requestOf(service, more);
  const came = await leadsTo(client, asked.url);
  return { asked, came, tokens: await exchange(service, came, asked) };
}
