import type { IncomingMessage } from "node:http";
import { type Configuration, interactionPolicy, type KoaContextWithOIDC, Provider } from "oidc-provider";
import { signingKey } from "#lib/db/signing-keys";
import { env } from "#lib/env";
import { cookieIn, sessionCookie } from "#lib/http/bearer";
import { SESSION } from "#lib/limits/policy";
import { log } from "#lib/log";
import { OpenIdAdapter } from "#lib/openid/adapter";
import { claimsOf } from "#lib/openid/claims";
import { readClient, secretMatches } from "#lib/openid/clients";
import { heedOrigin, isPageOf } from "#lib/openid/cors";
import { grantedScopes, type Login, provenAt, readLogin } from "#lib/openid/login";
import { interactionCookie, openIdPaths, providerCookie, resumeCookie } from "#lib/openid/names";
import { subjectFor } from "#lib/openid/subject";
import { consentsOwed } from "#lib/sessions/consent";
import { type Level, leastOf, levelOf, levels, reaches, strongerOf } from "#lib/sessions/levels";
import { readSession } from "#lib/sessions/read-session";
import { singleton } from "#lib/singleton";

/** The OpenID Connect provider: panva's oidc-provider over our sessions, which decide alone who is signed in. */

/** Lifetimes in seconds. Nothing outlives the session that it belongs to, which is at most a day. */
const LIVES = { code: 60, token: 600, request: 1800, pushed: 60 };

/** The live session of a browser that owes nothing, or null: while recovery codes or consent to the terms are owed, a service sees no sign-in. */
export async function loginOf(req: IncomingMessage): Promise<Login | null> {
  const token = cookieIn(req.headers.cookie, sessionCookie());
  const session = token ? await readSession(token) : null;
  if (!session || session.nextStep || (await consentsOwed(session.user.id)).length > 0) return null;
  return readLogin(session.sessionId);
}

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);

/**
 * What the provider calls a login; its account is our session. Its time is that of the older factor, and that of the session where another provider
 * did not tell its own.
 */
export const providerLogin = (login: Pick<Login, "sessionId" | "amr" | "authenticatedAt" | "federatedAt">) => ({
  accountId: login.sessionId,
  acr: levelOf(login.amr),
  amr: login.amr,
  ts: seconds(provenAt(login) ?? login.authenticatedAt),
});

/** Reads each login once in a request. */
const seen = new WeakMap<KoaContextWithOIDC, Map<string, Promise<Login | null>>>();
function loginIn(ctx: KoaContextWithOIDC, sessionId: string): Promise<Login | null> {
  const known = seen.get(ctx) ?? new Map<string, Promise<Login | null>>();
  seen.set(ctx, known);
  const reading = known.get(sessionId) ?? readLogin(sessionId);
  known.set(sessionId, reading);
  return reading;
}

/** The least level of a request: that of its service, or a stronger one that it asks for. */
const leastFor = ({ oidc }: KoaContextWithOIDC): Level | null =>
  strongerOf((oidc.client?.level as Level | undefined) ?? null, leastOf(oidc.params?.acr_values as string | undefined));

function policy() {
  const { base, Check } = interactionPolicy;
  const prompts = base();
  const unmet = new Check(
    "acr_values",
    "the requested level was not reached",
    "unmet_authentication_requirements",
    async (ctx) => {
      const [least, { session }] = [leastFor(ctx), ctx.oidc];
      return least !== null && !!session?.accountId && !reaches(levelOf(session.amr ?? []), least);
    },
    (ctx) => ({ level: leastFor(ctx) }),
  );
  // The provider judges an age that is known; a first factor of unknown age is too old for every max_age.
  const old = new Check("first_factor_age", "the age of the first factor is unknown", "login_required", async (ctx) => {
    const { params, session, result } = ctx.oidc;
    if (params?.max_age === undefined || !session?.accountId || result?.login) return false;
    const login = await loginIn(ctx, session.accountId);
    return !!login?.amr.includes("fed") && login.federatedAt === null;
  });
  for (const check of [unmet, old]) prompts.get("login")?.checks.add(check);
  return prompts;
}

/** The grant of a session and a service: what its account agreed to of what is asked for. */
const loadExistingGrant: Configuration["loadExistingGrant"] = async ({ oidc }) => {
  const { client, session, provider, account } = oidc;
  if (!client || !session || !account) return undefined;
  const [login, stored] = await Promise.all([readLogin(account.accountId), readClient(client.clientId)]);
  if (!login || !stored) return undefined;
  const granted = await grantedScopes(stored, login.userId);
  const asked = [...oidc.requestParamOIDCScopes];
  const scopes = granted === "all" ? asked : asked.filter((scope) => granted.includes(scope));
  const known = session.grantIdFor(client.clientId);
  const grant =
    (known && (await provider.Grant.find(known))) || new provider.Grant({ accountId: account.accountId, clientId: client.clientId });
  if (scopes.length > 0) grant.addOIDCScope(scopes.join(" "));
  await grant.save();
  return grant;
};

const cookie = () => ({ httpOnly: true, sameSite: "lax" as const, secure: env().publicOrigin.startsWith("https:"), signed: false });

const configuration = (key: object): Configuration => ({
  adapter: OpenIdAdapter,
  jwks: { keys: [key] } as NonNullable<Configuration["jwks"]>,
  findAccount: async (ctx, sessionId) => {
    const login = await loginIn(ctx, sessionId);
    return login && !login.owes ? { accountId: sessionId, claims: (_use, scope) => claimsOf(login, sessionId, scope) } : undefined;
  },
  pairwiseIdentifier: async (ctx, sessionId, { clientId }) => {
    const [login, client] = await Promise.all([loginIn(ctx, sessionId), readClient(clientId)]);
    if (!login || !client) throw new Error("the session or the service ended during the request");
    return subjectFor(client, login.userId);
  },
  loadExistingGrant,
  subjectTypes: ["public", "pairwise"],
  scopes: ["openid"],
  claims: {
    ...{ acr: null, auth_time: null, iss: null, sid: null },
    openid: ["sub", "acr", "amr", "auth_time"],
    email: ["email", "email_verified"],
    phone: ["phone_number", "phone_number_verified"],
    groups: ["groups"],
  },
  acrValues: [...levels],
  conformIdTokenClaims: false,
  // An API judges by introspection how surely, and when, the person signed in (RFC 9470, 6.2).
  extraTokenClaims: async ({ oidc }) => {
    const from = oidc.entities.AuthorizationCode ?? oidc.entities.RefreshToken;
    return from && { acr: from.acr, auth_time: from.authTime };
  },
  responseTypes: ["code"],
  clientAuthMethods: ["client_secret_basic", "client_secret_post", "none"],
  extraClientMetadata: { properties: ["level"] },
  // The sector of an app is no address that could be read.
  sectorIdentifierUriValidate: () => false,
  clientBasedCORS: (_ctx, origin, client) => isPageOf(client, origin),
  enabledJWA: { idTokenSigningAlgValues: ["RS256"] },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed("refresh_token"),
  interactions: { policy: policy(), url: (_ctx, { uid }) => `/continue/${uid}` },
  features: {
    devInteractions: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    backchannelLogout: { enabled: true },
    // Clients without a secret may not introspect tokens (RFC 7662 2.1).
    introspection: {
      enabled: true,
      allowedPolicy: async (ctx, client, token) =>
        client.clientAuthMethod !== "none" &&
        token.clientId === client.clientId &&
        "accountId" in token &&
        (await loginIn(ctx, String(token.accountId)))?.owes === false,
    },
    revocation: { enabled: true, allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId },
    pushedAuthorizationRequests: { enabled: true },
    userinfo: { enabled: true },
  },
  routes: { ...openIdPaths, jwks: "/.well-known/jwks.json" },
  discovery: { end_session_endpoint: `${env().publicOrigin}${openIdPaths.end_session}` },
  ttl: {
    AccessToken: LIVES.token,
    AuthorizationCode: LIVES.code,
    IdToken: LIVES.token,
    Interaction: LIVES.request,
    PushedAuthorizationRequest: LIVES.pushed,
    RefreshToken: SESSION.overall,
    Grant: SESSION.overall,
    Session: SESSION.overall,
  } as NonNullable<Configuration["ttl"]>,
  cookies: {
    names: { session: providerCookie(), interaction: interactionCookie(), resume: resumeCookie() },
    long: cookie(),
    short: cookie(),
  },
  // The page says what happened; the service's developer finds the reason in `error`.
  renderError: (ctx, out) => {
    ctx.status = 303;
    ctx.redirect(`/continue/refused?error=${encodeURIComponent(out.error)}`);
    ctx.body = "";
  },
});

/** The provider's session of a browser follows ours: it is taken over, begun or dropped so that both always mean the same. */
function followOurSessions(provider: Provider): void {
  const { Session } = provider;
  const original = Session.get;
  Session.get = async function get(this: typeof Session, ctx: KoaContextWithOIDC) {
    const [stored, login] = await Promise.all([original.call(Session, ctx), loginOf(ctx.req)]);
    const session = stored.accountId === login?.sessionId ? stored : new Session();
    if (login) {
      const { ts: loginTs, ...rest } = providerLogin(login);
      session.loginAccount({ ...rest, loginTs });
    }
    ctx.oidc?.entity("Session", session);
    return session;
  } as typeof Session.get;
}

function build(key: object): Provider {
  const provider = new Provider(env().publicOrigin, configuration(key));
  // The door has set the forwarded headers from the accepted host.
  provider.proxy = true;
  provider.Client.prototype.compareClientSecret = function compareClientSecret(this: { clientId: string }, actual: string) {
    return secretMatches(this.clientId, actual);
  } as unknown as typeof provider.Client.prototype.compareClientSecret;
  followOurSessions(provider);
  provider.use(heedOrigin);
  provider.use(async (ctx, next) => {
    await next();
    // The provider names the modes that it knows, and every service is registered for this one.
    if (ctx.oidc?.route === "discovery") Object.assign(ctx.body as object, { response_modes_supported: ["query"] });
  });
  provider.on("server_error", (_ctx, error) => log.error({ event: "openid.failed", error }, "an OpenID Connect request failed"));
  return provider;
}

/** The provider with the key that signs now; another key makes another provider. */
export async function openIdProvider(): Promise<Provider> {
  const current = singleton("openid-provider", () => ({ kid: "", provider: null as Provider | null }));
  const { kid, key } = await signingKey("RS256");
  if (!current.provider || current.kid !== kid) {
    current.provider = build({ ...key.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" });
    current.kid = kid;
  }
  return current.provider;
}
