import { challengeCookie, cookieIn, deviceCookie, sessionCookie, setCookieLine, trustedCookie } from "#lib/http/bearer";
import type { ApiCall, Reply } from "#lib/http/called";
import { limiterKey } from "./address.ts";
import { type Exchange, refuse, sendReady } from "./exchange.ts";
import type { Route } from "./route.ts";

function callOf({ req, res, context, route }: Exchange, body: Buffer): ApiCall {
  const { cookie } = req.headers;
  const challengeToken = cookieIn(cookie, challengeCookie());
  const question = req.url?.indexOf("?") ?? -1;
  return {
    target: req.url ?? "",
    headers: req.headers,
    query: new URLSearchParams(question < 0 ? "" : req.url?.slice(question)),
    params: route.params ?? {},
    body,
    requester: {
      ip: limiterKey(context.clientIp),
      userAgent: (req.headers["user-agent"] ?? "").slice(0, 256),
      country: context.country,
      sessionToken: cookieIn(cookie, sessionCookie()),
      deviceToken: cookieIn(cookie, deviceCookie()),
      trustedToken: cookieIn(cookie, trustedCookie()),
      challengeToken,
    },
    challengeToken: challengeToken ?? "",
    gone: () => res.destroyed,
  };
}

function sendReply(exchange: Exchange, { status, headers, body, cookies }: Reply): Promise<void> {
  const lines = cookies.map(setCookieLine);
  return sendReady(exchange, { status, headers, body }, lines.length > 0 ? { "Set-Cookie": lines } : {});
}

/** Answers a call of the API without Next; the door adds the headers of every answer. */
export async function answerApiCall(exchange: Exchange, handlers: NonNullable<Route["handlers"]>, body: Buffer): Promise<void> {
  // HEAD is GET without its body, which Node leaves out by itself (RFC 9110 9.3.2).
  const handler = handlers[exchange.req.method === "HEAD" ? "GET" : (exchange.req.method ?? "")];
  if (handler) return sendReply(exchange, await handler(callOf(exchange, body)));
  await refuse(exchange, 405, undefined, { Allow: [...Object.keys(handlers), "OPTIONS"].join(", ") });
}
