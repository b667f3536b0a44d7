import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { env } from "#lib/env";
import { metricsText } from "#lib/health/metrics";
import { log } from "#lib/log";
import { bearerMatches } from "./metrics.ts";

/** What a worker that serves no pages answers to its operator: `/api/health/live`, and `/api/metrics` with the token. */
async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const send = (status: number, type: string, body: string, more: Record<string, string> = {}) =>
    res.writeHead(status, { "Content-Type": type, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", ...more }).end(body);
  const path = (req.url ?? "").split("?", 1)[0];
  const reads = req.method === "GET" || req.method === "HEAD";
  if (reads && path === "/api/health/live") send(200, "application/json", '{"status":"ok"}');
  else if (!reads || path !== "/api/metrics") send(404, "text/plain; charset=utf-8", "not found\n");
  else if (bearerMatches(req.headers.authorization, env().METRICS_TOKEN))
    send(200, "text/plain; version=0.0.4; charset=utf-8", await metricsText());
  else send(401, "text/plain; charset=utf-8", "unauthorized\n", { "WWW-Authenticate": "Bearer" });
}

/** Serves the metrics of a worker alone on `METRICS_PORT`; null where it is not set. Returns what stops it; a taken port is an error. */
export async function serveMetrics(): Promise<(() => Promise<void>) | null> {
  const { METRICS_PORT, LISTEN_HOST, demo } = env();
  if (!METRICS_PORT) return null;
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000, connectionsCheckingInterval: 1_000 }, (req, res) => {
    answer(req, res).catch((error: unknown) => {
      log.error({ event: "metrics.failed", error }, "the metrics could not be written");
      req.socket.destroy();
    });
  });
  server.maxConnections = 64;
  server.listen(METRICS_PORT, LISTEN_HOST ?? (demo ? "127.0.0.1" : undefined));
  await once(server, "listening");
  return async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
}
