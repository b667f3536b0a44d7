import { cookieName } from "#lib/http/bearer";

/** The paths of the provider; the door declares their policies. */
export const openIdPaths = {
  authorization: "/openid/authorize",
  token: "/openid/token",
  userinfo: "/openid/userinfo",
  introspection: "/openid/introspect",
  revocation: "/openid/revoke",
  pushed_authorization_request: "/openid/request",
  end_session: "/openid/logout",
} as const;

/** `__Secure-` instead of `__Host-`, because these cookies have a path (RFC 6265bis 4.1.3.1). */
const ofPath = (plain: string): string => cookieName(plain).replace("__Host-", "__Secure-");

/** The cookie of an authorisation request, for our pages between the service and its answer. */
export const interactionCookie = (): string => ofPath("request");

/** The cookie by which the provider takes the request up again. */
export const resumeCookie = (): string => ofPath("resume");

/** The cookie of the provider's own view of a session. */
export const providerCookie = (): string => cookieName("openid");
