import { probeLine } from "#lib/http/bearer";
import { answerFor } from "./answer.ts";
import type { Exchange } from "./exchange.ts";
import { cacheControl, referrerPolicy, securityHeaders } from "./headers.ts";
import { leadingStatus, probes, replacementFor } from "./outcome.ts";

/** Finishes every answer: decides whether the door replaces it, and sets its status and headers. */

/** `draining`: the process is shutting down, so clients should open their next connection elsewhere. */
type Finishing = { dev: boolean; publicFiles: ReadonlySet<string>; draining: boolean };

/** Returns the door's own answer if it must replace the one that Next or our code has begun, else null. */
export function replacementOf(exchange: Exchange) {
  const { res, answerContext, context } = exchange;
  if (exchange.refused) return null;
  const status = replacementFor(
    {
      status: res.statusCode,
      contentType: String(res.getHeader("content-type") ?? ""),
      actionNotFound: res.hasHeader("x-nextjs-action-not-found"),
      kind: answerContext.kind,
    },
    context,
  );
  return status && answerFor(status, answerContext);
}

/** Sets the status and headers of every answer just before its head is written. */
export function finishAnswer(exchange: Exchange, { dev, publicFiles, draining }: Finishing): void {
  const { req, res, context, path } = exchange;
  if (res.hasHeader("location")) res.statusCode = leadingStatus(req.method, res.statusCode);
  if (probes({ method: req.method, path, cookie: req.headers.cookie }, exchange.answerContext.kind) && res.statusCode < 400)
    res.appendHeader("Set-Cookie", probeLine());
  const mayBeKept = exchange.route.policy.kept || (!dev && (path.startsWith("/_next/static/") || publicFiles.has(path)));
  const own = (name: string) => (res.hasHeader(name) ? String(res.getHeader(name)) : undefined);
  res.setHeader("Cache-Control", cacheControl(own("cache-control"), res.statusCode, mayBeKept));
  res.setHeader("Referrer-Policy", referrerPolicy(own("referrer-policy")));
  for (const [name, value] of Object.entries(securityHeaders(context.nonce, dev, exchange.route.policy.host !== "proxied")))
    res.setHeader(name, value);
  for (const name of ["X-Powered-By", "Server"]) res.removeHeader(name);
  // A page that our code rendered although the database failed explains the outage and keeps the typed values, so its status must be 503 too
  // (RE-03).
  if (context.databaseUnavailable && !exchange.refused && res.statusCode === 200 && exchange.answerContext.kind !== "api") {
    res.statusCode = 503;
    res.setHeader("Retry-After", "5");
  }
  if (context.status && !exchange.refused && res.statusCode === 200 && exchange.answerContext.kind !== "api")
    res.statusCode = context.status;
  if (draining) res.setHeader("Connection", "close");
}
