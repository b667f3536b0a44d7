import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import * as oidc from "openid-client-6";
import { type Client, expectStatus } from "./api.ts";
import { program } from "./provider.ts";
import type { Instance } from "./server.ts";

/** A service that signs its people in here, by openid-client, with a page of its own on loopback. */
export type Service = {
  id: string;
  secret: string;
  /** Where people return to. */
  callback: string;
  /** Where the logout tokens arrive. */
  config: oidc.Configuration;
  /** What arrived on its back channel. */
  told: string[];
  /** The URLs on which people came back. */
  came: URL[];
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

const wordAfter = (out: string, name: string): string => new RegExp(`${name}\\s+(\\S+)`).exec(out)?.[1] ?? "";

export async function openService(server: Instance, ...flags: string[]): Promise<Service> {
  const [told, came]: [string[], URL[]] = [[], []];
  const answers = { status: 200 };
  const page = createServer((req, res) => {
    const url = new URL(req.url ?? "", `http://${req.headers.host}`);
    let body = "";
    req.on("data", (chunk) => {
      body += chunk;
    });
    req.on("end", () => {
      if (url.pathname === "/told") told.push(new URLSearchParams(body).get("logout_token") ?? "");
      if (url.pathname === "/back") came.push(url);
      res.statusCode = url.pathname === "/told" ? answers.status : 200;
      res.setHeader("content-type", "text/html");
      res.end('<!doctype html><html lang="en"><title>Service</title><h1>Back at the service</h1></html>');
    });
  });
  await new Promise<void>((resolve) => page.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(page.address() as AddressInfo).port}`;
  const callback = `${base}/back`;
  const out = await clientCommand(server, [
    ...["add", "お買い物", "--redirect", callback, "--logout-return", `${base}/bye`, "--backchannel-logout", `${base}/told`],
    ...flags,
  ]);
  const [id, secret] = [wordAfter(out, "client_id"), wordAfter(out, "client_secret")];
  const config = await oidc.discovery(new URL(server.url), id, secret, undefined, { execute: [oidc.allowInsecureRequests] });
  const close = () => new Promise<void>((resolve) => page.close(() => resolve()));
  return { id, secret, callback, config, told, came, answers, close };
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
