import { under } from "./policy.ts";

/** Pure: parses the request target and accepts one spelling only, so that no later layer reads the path differently. */

const MAX_TARGET = 8192;

type RequestTarget = { ok: true; path: string } | { ok: false; status: 400 | 414 };

// RFC 3986 6.2.2.2: an escaped unreserved character is a second spelling of the same path. An escaped separator, percent sign or control character
// would change its meaning if decoded twice.
const SECOND_SPELLING = /%(?:2[5dDeEfF]|3[0-9]|4[1-9a-fA-F]|5[0-9aAfFcC]|6[1-9a-fA-F]|7[0-9aAeE]|[01][0-9a-fA-F]|7[fF])/;
const ODD_SEGMENT = /\/\/|\/\.{1,2}(?:\/|$)|\\/;
const VISIBLE_ASCII = /^\/[\x21-\x7e]*$/;

function decodes(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

/** Parses a request target: origin-form only (RFC 9112 3.2.1), at most 8 KiB, every path in exactly one spelling. */
export function parseTarget(target: string): RequestTarget {
  if (target.length > MAX_TARGET) return { ok: false, status: 414 };
  const path = target.split("?", 1)[0] ?? "";
  if (!VISIBLE_ASCII.test(target) || target.includes("#") || target.includes("%00")) return { ok: false, status: 400 };
  if (ODD_SEGMENT.test(path) || SECOND_SPELLING.test(path) || !decodes(path)) return { ok: false, status: 400 };
  return { ok: true, path };
}

/**
 * Returns true for framework and debugging paths that a production build must not serve (ASVS 13.4, CVE-2026-44578 and similar), and for `/demo`
 * outside demo mode.
 */
export function isAbsent(path: string, mode: { dev: boolean; demo: boolean }): boolean {
  if (!mode.demo && (under(path, "/demo") || under(path, "/api/demo"))) return true;
  if (under(path, "/.well-known")) return /\/\./.test(path.slice(1));
  if (/\/\./.test(path)) return true;
  if (mode.dev) return false;
  // Under an underscore a build needs only Next's static files; Next's internal error page would answer 500.
  return path.endsWith(".map") || /^\/_(?!next\/static\/)/.test(path);
}

/** Returns the host of a Host header (RFC 9112 3.2) if there is exactly one, a plain `name[:port]` that is accepted; otherwise `null`. */
export function acceptedHost(hostHeaders: readonly string[], origins: readonly string[]): string | null {
  const host = hostHeaders.length === 1 ? hostHeaders[0]?.toLowerCase() : undefined;
  if (!host || !/^[a-z0-9.-]+(?::\d{1,5})?$/.test(host)) return null;
  return origins.some((origin) => new URL(origin).host === host) ? host : null;
}
