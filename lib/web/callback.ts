import type { Callback } from "#lib/delivery/provider";
import { env } from "#lib/env";

/** A provider's request as the adapters judge it: the URL is that of the configured origin, never what a header says (WH-01, WB-07). */
export async function callbackOf(request: Request): Promise<Callback> {
  const asked = new URL(request.url);
  const url = `${env().origin}${asked.pathname}${asked.search}`;
  return { method: request.method, url, query: asked.searchParams, headers: request.headers, body: await request.text() };
}
