import { createHash, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from "jose";

/** What the next ID token says besides or in place of what is right; `alg` signs it in another way. */
type Lie = { claims?: JWTPayload; alg?: "none" | "HS256" | "RS256"; issuer?: string };

/** An OpenID Connect issuer on loopback that is like LINE (HS256) or Google (RS256), and lies where a test wants it to. */
export type Issuer = {
  url: string;
  /** Who is signed in there. */
  person: JWTPayload & { sub: string };
  lie: Lie;
  /** The parameters of every authorisation request that arrived. */
  asked: URLSearchParams[];
  /** The form fields of every token request that arrived. */
  exchanged: URLSearchParams[];
  /** Agrees to an authorisation request like a person there; returns where that leads. */
  agree(request: string): URL;
  close(): Promise<void>;
};

type Granted = { request: URLSearchParams; used: boolean };

/** Opens an issuer for one client. */
export async function openIssuer(kind: "line" | "google", { clientId, secret }: { clientId: string; secret: string }): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
  const codes = new Map<string, Granted>();
  const issuer: Issuer = {
    ...{ url: "", person: { sub: randomUUID() }, lie: {}, asked: [], exchanged: [] },
    agree(request) {
      const query = new URL(request).searchParams;
      issuer.asked.push(query);
      const code = randomUUID();
      codes.set(code, { request: query, used: false });
      const back = new URL(query.get("redirect_uri") ?? "");
      back.search = new URLSearchParams({ code, state: query.get("state") ?? "" }).toString();
      return back;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  const idToken = async (request: URLSearchParams): Promise<string> => {
    const alg = issuer.lie.alg ?? (kind === "line" ? "HS256" : "RS256");
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      ...{ iss: issuer.lie.issuer ?? issuer.url, aud: clientId, iat: now, exp: now + 300, nonce: request.get("nonce") },
      ...(request.has("max_age") ? { auth_time: now } : {}),
      ...issuer.person,
      ...issuer.lie.claims,
    };
    if (alg === "none") return new UnsecuredJWT(claims as JWTPayload).encode();
    const token = new SignJWT(claims as JWTPayload).setProtectedHeader({ alg, kid: "one" });
    return token.sign(alg === "HS256" ? new TextEncoder().encode(secret) : privateKey);
  };
  const exchange = async (form: URLSearchParams): Promise<[number, object]> => {
    issuer.exchanged.push(form);
    const granted = codes.get(form.get("code") ?? "");
    const proof = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (form.get("client_id") !== clientId || form.get("client_secret") !== secret) return [401, { error: "invalid_client" }];
    if (!granted || granted.used || granted.request.get("code_challenge") !== proof) return [400, { error: "invalid_grant" }];
    granted.used = true;
    return [
      200,
      { access_token: "access", refresh_token: "refresh", token_type: "Bearer", expires_in: 60, id_token: await idToken(granted.request) },
    ];
  };
  const answer = async (url: URL, body: string): Promise<[number, object | string]> => {
    if (url.pathname === "/.well-known/openid-configuration")
      return [
        200,
        {
          issuer: issuer.url,
          authorization_endpoint: `${issuer.url}/authorize`,
          token_endpoint: `${issuer.url}/token`,
          jwks_uri: `${issuer.url}/jwks`,
          id_token_signing_alg_values_supported: ["HS256", "RS256"],
        },
      ];
    if (url.pathname === "/jwks") return [200, { keys: [{ ...(await exportJWK(publicKey)), kid: "one", alg: "RS256", use: "sig" }] }];
    if (url.pathname === "/token") return exchange(new URLSearchParams(body));
    const back = issuer.agree(url.href);
    return [200, `<!doctype html><html lang="en"><title>Provider</title><a href="${back.href.replaceAll("&", "&amp;")}">Agree</a></html>`];
  };
  const server = createServer((req, res) => {
    let body = "";
    req.on("data", (chunk) => {
      body += chunk;
    });
    req.on("end", async () => {
      const [status, content] = await answer(new URL(req.url ?? "", issuer.url), body);
      const page = typeof content === "string";
      res.writeHead(status, { "content-type": page ? "text/html" : "application/json" });
      res.end(page ? content : JSON.stringify(content));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return issuer;
}
