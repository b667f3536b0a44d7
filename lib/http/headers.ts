/** Pure: the headers of every answer, and the request headers that reach Next. */

const NOT_NEEDED = [
  ..."accelerometer autoplay browsing-topics camera display-capture encrypted-media".split(" "),
  ..."fullscreen geolocation gyroscope hid idle-detection magnetometer microphone midi payment picture-in-picture".split(" "),
  ..."screen-wake-lock serial usb xr-spatial-tracking".split(" "),
];
const PERMISSIONS = [
  ...NOT_NEEDED.map((name) => `${name}=()`),
  "otp-credentials=(self)",
  "publickey-credentials-get=(self)",
  "publickey-credentials-create=(self)",
].join(", ");

/**
 * Returns the Content-Security-Policy of one answer (CSP 3). It omits 'strict-dynamic', which would let the site's scripts load from any origin;
 * the nonce is for the inline scripts that carry Next's page data.
 */
export function contentSecurityPolicy(nonce: string, dev: boolean): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}'${dev ? " 'unsafe-eval'" : ""}`,
    // The development overlay writes style attributes; a nonce would disable 'unsafe-inline'.
    dev ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${dev ? " ws:" : ""}`,
    "object-src 'none'",
    "frame-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
  ].join("; ");
}

// `no-referrer` would be stricter, but makes Chromium send `Origin: null` on form posts, which the origin rule refuses.
const REFERRER = "same-origin";

/** Returns the headers of WB-04 (ASVS 3.4.1-3.4.8) for every answer; whether another host is reached by TLS alone is its operator's to say. */
export function securityHeaders(nonce: string, dev: boolean, ownHost = true): Record<string, string> {
  return {
    "Content-Security-Policy": contentSecurityPolicy(nonce, dev),
    ...(ownHost ? { "Strict-Transport-Security": "max-age=63072000; includeSubDomains" } : {}),
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": PERMISSIONS,
  };
}

/** Returns the referrer policy: an answer may be stricter than the default, never laxer. */
export const referrerPolicy = (own: string | undefined): string => (own === "no-referrer" ? own : REFERRER);

/** Returns Cache-Control (ASVS 14.3.2): only files of the build and the public folder and published keys may be cached, everything else is `no-store`. */
export function cacheControl(own: string | undefined, status: number, mayBeKept: boolean): string {
  if (own && mayBeKept && (status === 200 || status === 206 || status === 304)) return own;
  return own?.includes("no-store") ? own : "no-store";
}

// Headers that Next, its middleware protocol, next-auth or a library would trust for the origin or the routing of a request. Also conditional
// requests for files, which Next answers with 500 instead of 416 or 412 (a server may ignore them, RFC 9110 13.1, 14.2).
const UNTRUSTED =
  /^(?:x-forwarded|x-middleware-|x-nextjs-|x-next-|x-invoke-|x-vercel-|x-now-|x-sekisho-|x-prerender-|content-security-policy|x-action-forwarded$|x-matched-path$|next-resume$|forwarded$|x-real-ip$|x-client-ip$|true-client-ip$|x-nonce$|x-original-|x-rewrite-|x-http-method|upgrade$|expect$|range$|if-range$|if-match$|if-unmodified-since$)/;
// Headers of Next's requests to itself, and two ids of the development client.
const FROM_OURSELVES = /^(?:x-action-forwarded|x-next-revalidate.*)$/;
const DEVELOPMENT = /^x-nextjs-(?:html-)?request-id$/;

/** Maximum length of the User-Agent that code behind the door reads. */
const LONGEST_AGENT = 256;

interface Passed {
  host: string;
  origin: string;
  clientIp: string;
  country?: string | undefined;
  /** The header in which proxies name it; code behind the door reads the door's own. */
  countryHeader: string | undefined;
  nonce: string;
  id: string;
  internal: boolean;
  internalToken: string;
  dev: boolean;
}

/** Returns the headers for Next: the client's without those that Next would trust, and the door's own values in their place (WB-07). */
export function headersForNext(from: Readonly<NodeJS.Dict<string | string[]>>, passed: Passed): NodeJS.Dict<string | string[]> {
  const headers: NodeJS.Dict<string | string[]> = {};
  for (const [name, value] of Object.entries(from)) {
    const kept = !UNTRUSTED.test(name) || (passed.internal && FROM_OURSELVES.test(name)) || (passed.dev && DEVELOPMENT.test(name));
    if (kept && name !== passed.countryHeader) headers[name] = value;
  }
  // Next parses it with regular expressions of quadratic time: 12 kB blocked the process for seconds.
  if (headers["user-agent"]) headers["user-agent"] = headers["user-agent"].slice(0, LONGEST_AGENT);
  const url = new URL(passed.origin);
  headers.host = passed.host;
  headers["x-forwarded-host"] = passed.host;
  headers["x-forwarded-proto"] = url.protocol.slice(0, -1);
  headers["x-forwarded-port"] = url.port || (url.protocol === "https:" ? "443" : "80");
  headers["x-forwarded-for"] = passed.clientIp;
  headers["x-sekisho-client-ip"] = passed.clientIp;
  if (passed.country) headers["x-sekisho-country"] = passed.country;
  headers["x-sekisho-request-id"] = passed.id;
  headers["x-sekisho-internal"] = passed.internalToken;
  headers["x-nonce"] = passed.nonce;
  // Next reads the nonce of its own scripts from this request header.
  headers["content-security-policy"] = contentSecurityPolicy(passed.nonce, passed.dev);
  return headers;
}
