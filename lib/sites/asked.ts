import type { IncomingHttpHeaders } from "node:http";
import { siteHost } from "#lib/sites/site";

/** Pure: what a trusted proxy says of the request that it asks about. */

/** The request that a proxy asks about; `page` where a browser shows the answer to a person. */
export type Asked = { host: string; secure: boolean; method: string; target: string; page: boolean };

type Headers = Readonly<NodeJS.Dict<string | string[]>>;

const one = (headers: Headers, name: string, form: RegExp): string | null => {
  const value = headers[name];
  return typeof value === "string" && form.test(value) ? value : null;
};

/** Returns the host that the proxy was asked for, in its one spelling; null unless exactly one is named. */
export const askedHost = (headers: Headers, scheme: "http:" | "https:"): string | null => {
  // Node joins repeated headers with a comma, which no host has.
  const host = one(headers, "x-forwarded-host", /^[A-Za-z0-9.-]+(?::[0-9]{1,5})?$/);
  return host && siteHost(host, scheme);
};

/** Whether a browser shows the answer to a person (Fetch Metadata); older browsers are known by the HTML that they accept. */
function showsPage(headers: Headers): boolean {
  if (headers.upgrade !== undefined || headers["sec-websocket-key"] !== undefined) return false;
  const mode = headers["sec-fetch-mode"];
  if (mode !== undefined) return mode === "navigate" && headers["sec-fetch-dest"] === "document";
  return headers["x-requested-with"] === undefined && /\btext\/html\b/i.test(String(headers.accept ?? ""));
}

/** Reads `X-Forwarded-Method`, `-Proto`, `-Host` and `-Uri`; the name of the first that is missing, repeated or unreadable otherwise. */
export function readAsked(headers: IncomingHttpHeaders | Headers, scheme: "http:" | "https:"): Asked | { unread: string } {
  const host = askedHost(headers, scheme);
  if (!host) return { unread: "X-Forwarded-Host" };
  const proto = one(headers, "x-forwarded-proto", /^https?$/i);
  if (!proto) return { unread: "X-Forwarded-Proto" };
  const method = one(headers, "x-forwarded-method", /^[A-Za-z-]{1,20}$/);
  if (!method) return { unread: "X-Forwarded-Method" };
  const target = one(headers, "x-forwarded-uri", /^\/[\x21-\x7e]*$/);
  if (!target) return { unread: "X-Forwarded-Uri" };
  return { host, secure: `${proto.toLowerCase()}:` === scheme, method: method.toUpperCase(), target, page: showsPage(headers) };
}
