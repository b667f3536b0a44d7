import NextAuth, { type NextAuthOptions } from "next-auth";
import google from "next-auth/providers/google";
import type { OAuthConfig } from "next-auth/providers/index";
import line from "next-auth/providers/line";
import { linkLogin } from "#lib/accounts/linked-logins";
import { signInFederated } from "#lib/accounts/social-sign-in";
import { recordRefusal } from "#lib/audit/refused";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { drop, keep } from "#lib/http/bearer";
import { addressPolicies } from "#lib/limits/policy";
import { takeAddress } from "#lib/limits/take";
import { log } from "#lib/log";
import type { Requester } from "#lib/requester";
import { fail, ok, type Result } from "#lib/result";
import { identityOf, isFresh, type SocialIdentity } from "#lib/social/identity";
import { type SocialProvider, type SocialSettings, socialSettings } from "#lib/social/providers";
import { openRequest, SOCIAL_SECONDS, type SocialRequest, sealRequest } from "#lib/social/request";
import { keepChallenge, keepChanged } from "#lib/web/challenge";
import { cookieName, readCookie, setCookies } from "#lib/web/cookies";
import { authOptions } from "#lib/web/next-auth";
import { shownInteraction } from "#lib/web/openid";
import { currentRequester } from "#lib/web/requester";
import { currentSession } from "#lib/web/session";
import { actingOf } from "#lib/web/step-up";

/** Sign-in with LINE and Google: next-auth speaks the protocol, and ends at our use cases before it could open a session (decision 048). */

/** Why a sign-in with a provider did not go on; the page has words for each. */
export const socialReasons = ["unknown", "failed", "cancelled", "expired", "not_fresh", "busy"] as const;
export type SocialReason = (typeof socialReasons)[number];

/** The cookie of what this browser began. */
const requestCookie = () => cookieName("social");

/** The cookies of the checks of the protocol, each sealed by next-auth for its provider. */
const checkCookies = () => ({
  state: cookieName("social-state"),
  nonce: cookieName("social-nonce"),
  pkceCodeVerifier: cookieName("social-pkce"),
});

/** Whether a provider can tell that the person signed in there just now; Google has no such answer for every client. */
export const provesAge = (provider: SocialProvider): boolean => provider === "line";

/** Whether the request of a service that this sign-in leads back to asks for a fresh sign-in (`prompt=login`, `max_age`). */
export async function wantsFresh(returnTo: string | null): Promise<boolean> {
  const uid = /^\/continue\/([\w-]{43})$/.exec(returnTo ?? "")?.[1];
  return uid !== undefined && ((await shownInteraction(uid))?.again ?? false);
}

/** Notes what a browser begins with a provider; its page leads on. */
export async function beginSocial(request: Omit<SocialRequest, "beganAt">): Promise<void> {
  const { sealed, expiresAt } = await sealRequest(request);
  await setCookies([keep(requestCookie(), sealed, expiresAt)]);
}

/** What this browser began with a provider, or null. */
export const currentSocialRequest = async (): Promise<SocialRequest | null> => openRequest(await readCookie(requestCookie()));

/** The provider as next-auth takes it: issuer, algorithm, scopes and every check of the protocol are fixed here. */
function providerOf({ provider, issuer, clientId, clientSecret }: SocialSettings): OAuthConfig<Record<string, unknown>> {
  const make = { line, google }[provider] as (options: object) => OAuthConfig<Record<string, unknown>>;
  return {
    ...make({ clientId, clientSecret }),
    wellKnown: `${issuer}/.well-known/openid-configuration`,
    authorization: { params: { scope: "openid email" } },
    checks: ["state", "nonce", "pkce"],
    // LINE signs with the secret of the channel, Google with its published keys; another algorithm, `none` included, is refused.
    client: { id_token_signed_response_alg: provider === "line" ? "HS256" : "RS256", token_endpoint_auth_method: "client_secret_post" },
    profile: ({ sub }) => ({ id: String(sub) }),
  };
}

type Asked = { path: string[]; method: "GET" | "POST"; query?: Record<string, string>; body?: object; cookies: Record<string, string> };
type Answered = { to: string | null; set: Record<string, string>; body: unknown };

/** Asks next-auth as its API routes do, and takes its answer apart. */
async function ask({ path, method, query = {}, body, cookies }: Asked, options: NextAuthOptions): Promise<Answered> {
  const answered: Answered = { to: null, set: {}, body: null };
  const res = {
    getHeader: () => [],
    setHeader(name: string, value: string | string[]) {
      if (name === "Location") answered.to = String(value);
      if (name === "Set-Cookie")
        for (const one of [value].flat()) {
          const [, cookie = "", content = ""] = /^([^=]+)=([^;]*)/.exec(one) ?? [];
          answered.set[cookie] = decodeURIComponent(content);
        }
      return res;
    },
    status: () => res,
    send(content: unknown) {
      answered.body = content;
    },
    json: () => undefined,
    end: () => undefined,
  };
  await NextAuth({ query: { ...query, nextauth: path }, method, body, cookies, headers: {} } as never, res as never, options);
  return answered;
}

/** The options of one provider. A refusal is logged by its code: messages of the protocol repeat state, nonce and tokens. */
function optionsFor(settings: SocialSettings): NextAuthOptions {
  const attributes = {
    httpOnly: true,
    sameSite: "lax",
    path: "/",
    secure: env().publicOrigin.startsWith("https:"),
    maxAge: SOCIAL_SECONDS,
  };
  const common = authOptions();
  const checks = Object.entries(checkCookies()).map(([check, name]) => [check, { name, options: attributes }]);
  const warn = (code: string, metadata: Error | { error: Error }) => {
    const error = "error" in metadata ? metadata.error : metadata;
    const said = (error as { error?: unknown }).error;
    const reason = typeof said === "string" && /^[a-z_]{1,40}$/.test(said) ? said : code;
    log.warn({ event: "social.failed", provider: settings.provider, reason }, "a sign-in with another provider failed");
  };
  return {
    ...common,
    providers: [providerOf(settings)],
    cookies: { ...common.cookies, ...Object.fromEntries(checks) },
    logger: { error: warn as never, warn: () => undefined, debug: () => undefined },
  };
}

/** Counts a request against its address; false where that is crowded. */
async function admitted({ ip }: Requester): Promise<boolean> {
  const policy = addressPolicies.providerRequests;
  if ((await takeAddress(sql, policy, ip)) === null) return true;
  await recordRefusal({ event: "sign_in.refused", reason: policy.name, ip });
  return false;
}

const ownPage = (path: string): Response => new Response(null, { status: 303, headers: { Location: path } });

/** Where a request that did not go on leads: a signed-in person back to the linked accounts, others to a page that says why. */
function leadToReason(request: SocialRequest | null, provider: SocialProvider, reason: SocialReason): Response {
  return ownPage(
    request?.sessionId ? `/account/logins?reason=${reason}&provider=${provider}` : `/sign-in/with?reason=${reason}&provider=${provider}`,
  );
}

/** Leads a browser that began something to the provider: a GET between our form and another site, because of `form-action`. */
export async function leadToProvider(provider: SocialProvider): Promise<Response> {
  const settings = socialSettings(provider);
  if (!settings) return new Response(null, { status: 404 });
  const request = await currentSocialRequest();
  if (request?.provider !== provider) return leadToReason(null, provider, "expired");
  if (!(await admitted(await currentRequester()))) return leadToReason(request, provider, "busy");
  const options = optionsFor(settings);
  const begun = await ask({ path: ["csrf"], method: "GET", cookies: {} }, options);
  const { csrfToken } = begun.body as { csrfToken: string };
  const query: Record<string, string> = request.fresh ? { max_age: "1", disable_auto_login: "true" } : {};
  const led = await ask({ path: ["signin", provider], method: "POST", query, body: { csrfToken }, cookies: begun.set }, options);
  if (!led.to || led.to.startsWith(`${env().publicOrigin}/api/auth/`)) return leadToReason(request, provider, "failed");
  const until = new Date((request.beganAt + SOCIAL_SECONDS) * 1000);
  await setCookies(Object.values(checkCookies()).map((name) => keep(name, led.set[name] ?? "", until)));
  return new Response(null, { status: 302, headers: { Location: led.to } });
}

/** The identity of a valid answer of the provider, in the browser that asked; else why there is none. */
async function identify(
  settings: SocialSettings,
  request: SocialRequest,
  query: Record<string, string>,
  cookies: Record<string, string>,
): Promise<Result<SocialIdentity, SocialReason>> {
  if (query.error === "access_denied") return fail("cancelled");
  const { provider } = settings;
  let identity: SocialIdentity | null = null;
  const options = optionsFor(settings);
  // Called once everything about the answer was checked; the path that it returns keeps next-auth from opening a session.
  const signIn: NonNullable<NextAuthOptions["callbacks"]>["signIn"] = async ({ account, profile }) => {
    if (account?.provider === provider) identity = identityOf(provider, (profile ?? {}) as Record<string, unknown>);
    return "/verify";
  };
  await ask({ path: ["callback", provider], method: "GET", query, cookies }, { ...options, callbacks: { ...options.callbacks, signIn } });
  const found = identity as SocialIdentity | null;
  if (found === null) return fail("failed");
  return request.fresh && !isFresh(found, request.beganAt) ? fail("not_fresh") : ok(found);
}

/** Goes on with the answer of a provider: to the second factor, or back to the linked accounts. */
export async function returnFromProvider(
  provider: SocialProvider,
  query: Record<string, string>,
  cookies: Record<string, string>,
): Promise<Response> {
  const settings = socialSettings(provider);
  if (!settings) return new Response(null, { status: 404 });
  const request = await currentSocialRequest();
  if (request?.provider !== provider) return leadToReason(null, provider, "expired");
  const requester = await currentRequester();
  if (!(await admitted(requester))) return leadToReason(request, provider, "busy");
  const identified = await identify(settings, request, query, cookies);
  await setCookies([requestCookie(), ...Object.values(checkCookies())].map(drop));
  if (!identified.ok) return leadToReason(request, provider, identified.error);
  return request.sessionId === null ? goOnSigningIn(identified.value, request, requester) : link(identified.value, request, requester);
}

async function goOnSigningIn(identity: SocialIdentity, request: SocialRequest, requester: Requester): Promise<Response> {
  const opened = await signInFederated(identity, request.returnTo, requester);
  if (!opened.ok) return leadToReason(request, identity.provider, "unknown");
  await keepChallenge(opened.value);
  return ownPage("/verify");
}

/** Links in the session that began it alone: an answer that another session of this browser meets links nothing. */
async function link(identity: SocialIdentity, request: SocialRequest, requester: Requester): Promise<Response> {
  const session = await currentSession();
  if (!session || session.sessionId !== request.sessionId || session.nextStep) return leadToReason(request, identity.provider, "expired");
  const linked = await linkLogin(actingOf(session), identity, requester);
  if (!linked.ok) return ownPage(`/account/logins?reason=${linked.error.code}&provider=${identity.provider}`);
  await keepChanged(linked.value);
  return ownPage(`/account/logins?linked=${identity.provider}`);
}
