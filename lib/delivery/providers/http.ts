import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { allowedInside, ledInside } from "#lib/delivery/provider-accounts/private-address";
import { failureOf, PrivateAddress } from "#lib/delivery/providers/network-failure";
import { hear, hearAnswer } from "#lib/delivery/providers/said";

/** One HTTP exchange with a provider: no redirects, bounded answers, and whether the request may have been received. */

export type HttpAnswer = { ok: true; status: number; headers: Headers; text: string } | { ok: false; taken: "no" | "unknown" };

/** Maximum length of an answer in characters; a longer one is truncated and does not parse. */
const LONGEST = 65_536;

/** Whether undici has created the request, and whether it has begun to write it. */
type Written = { begun: boolean; sent: boolean };

const current = new AsyncLocalStorage<Written>();
const exchanges = new WeakMap<object, Written>();

// A request is written after name resolution, connection and TLS handshake, but no error code shows this (a reset in the handshake and one after
// the request are both ECONNRESET). undici's diagnostics channels do: the second one fires before the first byte.
subscribe("undici:request:create", (message) => {
  const written = current.getStore();
  if (!written) return;
  written.begun = true;
  exchanges.set((message as { request: object }).request, written);
});
subscribe("undici:client:sendHeaders", (message) => {
  const written = exchanges.get((message as { request: object }).request);
  if (written) written.sent = true;
});

/** Where an exchange may lead: out of the operator's network, or `anywhere` for our own address. */
type Reach = "outside" | "anywhere";

/** The exchanges under way that must not lead inside, by their origin. */
const guarded = new Map<string, Set<AbortController>>();

const originOf = ({ protocol, hostname, port }: { protocol: string; hostname: string; port?: string | null }): string =>
  `${protocol}//${hostname}:${port || (protocol === "https:" ? "443" : "80")}`;

type Connected = { connectParams: { protocol: string; hostname: string; port?: string | null }; socket: Socket };

// The address is judged on the connection itself: a name that led outside when it was entered may lead inside now (DNS rebinding). This fires before
// the first byte of a request is written.
subscribe("undici:client:connected", (message) => {
  const { connectParams, socket } = message as Connected;
  const waiting = guarded.get(originOf(connectParams));
  if (!waiting || !ledInside(connectParams.hostname, socket.remoteAddress ?? "", allowedInside())) return;
  for (const exchange of waiting) exchange.abort(new PrivateAddress());
  socket.destroy();
});

/** Begins an exchange that must not lead inside; returns its signal, and what ends its watch. */
function guard(url: string, signal: AbortSignal): { signal: AbortSignal; end(): void } {
  const [origin, own] = [originOf(new URL(url)), new AbortController()];
  const waiting = guarded.get(origin) ?? new Set();
  guarded.set(origin, waiting.add(own));
  const end = () => {
    waiting.delete(own);
    if (waiting.size === 0 && guarded.get(origin) === waiting) guarded.delete(origin);
  };
  return { signal: AbortSignal.any([signal, own.signal]), end };
}

/**
 * Sends one request within `signal`. Redirects are returned, not followed, because they would carry credentials elsewhere (PV-01); errors are
 * replaced, because a fetch error can contain headers with secrets.
 */
export async function exchange(url: string, init: RequestInit, signal: AbortSignal, reach: Reach = "outside"): Promise<HttpAnswer> {
  const written: Written = { begun: false, sent: false };
  const watch = reach === "outside" ? guard(url, signal) : { signal, end: () => undefined };
  try {
    const response = await current.run(written, () => fetch(url, { ...init, signal: watch.signal, redirect: "manual" }));
    const text = await readBounded(response);
    hearAnswer(response.status, () => jsonObject(text));
    return { ok: true, status: response.status, headers: response.headers, text };
  } catch (error) {
    hear({ by: "network", failure: failureOf(error, written.sent) });
    // Without a diagnostics event, assume that the request may have been written.
    return { ok: false, taken: written.begun && !written.sent ? "no" : "unknown" };
  } finally {
    watch.end();
  }
}

async function readBounded(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of response.body ?? []) {
    text += decoder.decode(part, { stream: true });
    if (text.length > LONGEST) break;
  }
  return text.slice(0, LONGEST);
}

/** Parses a JSON object; null for any other content (HTML, an array, a truncated answer). */
export function jsonObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** The only date format that a server may write (RFC 9110 5.6.7); `Date.parse` alone accepts almost any text, even "-5". */
const IMF_FIXDATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Returns the seconds of a Retry-After header (RFC 9110 10.2.3: seconds or a date), between 1 and 3600; 30 if it is absent or unreadable. */
export function retryAfter(headers: Headers, now = Date.now()): number {
  const value = headers.get("retry-after")?.trim() ?? "";
  const date = IMF_FIXDATE.test(value) ? Date.parse(value) : Number.NaN;
  const seconds = /^\d{1,9}$/.test(value) ? Number(value) : (date - now) / 1000;
  return Number.isFinite(seconds) ? Math.min(3600, Math.max(1, Math.ceil(seconds))) : 30;
}
