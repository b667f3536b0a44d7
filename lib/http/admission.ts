import { type Family, isApi } from "./target.ts";

/** Pure: whether a request may enter, judged from its head alone. */

export interface Head {
  method: string;
  path: string;
  family: Family;
  /** `scheme://host` that this request was sent to, made of accepted parts. */
  self: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

export type Refusal = { status: 400 | 403 | 405 | 413 | 415 | 431; code: string };

export const MAX_BODY = 64 * 1024;
/** The methods a path may be asked by: nothing is deleted but by calls, and Next would answer 500 to it for a file. */
export const allowOn = (path: string): string => (isApi(path) ? "GET, HEAD, POST, DELETE, OPTIONS" : "GET, HEAD, POST, OPTIONS");

const one = (value: string | string[] | undefined) => (Array.isArray(value) ? value.join(", ") : value);
const hasBody = (head: Head) => head.headers["transfer-encoding"] !== undefined || Number(one(head.headers["content-length"]) ?? 0) > 0;
const isJson = (head: Head) => (one(head.headers["content-type"]) ?? "").split(";", 1)[0]?.trim().toLowerCase() === "application/json";
const readsJsonOnly = (head: Head) => head.family === "api" || head.family === "demo";
// Browsers send Sec-Fetch-Site with every request (Fetch Metadata 2.5); Node's own fetch sends Sec-Fetch-Mode and nothing else.
const fromBrowser = (head: Head) => Object.keys(head.headers).some((name) => name.startsWith("sec-fetch-") && name !== "sec-fetch-mode");

/** The rule of origin (WB-02; OWASP CSRF "verifying origin"): `true` when a state change may come from where it comes from. */
export function originAllowed(head: Head): boolean {
  if (head.family === "receipts") return true;
  const site = one(head.headers["sec-fetch-site"]);
  if (site !== undefined && site !== "same-origin" && site !== "none") return false;
  const origin = one(head.headers.origin);
  if (origin !== undefined) return origin === head.self;
  // Without Origin only a program is believed, and only where no form of a foreign page could have sent the same (contract, "JSON API");
  // where JSON alone is read, a body of another type goes on to its own refusal, 415.
  if (!isApi(head.path) || fromBrowser(head)) return false;
  if (hasBody(head)) return isJson(head) || readsJsonOnly(head);
  return isJson(head) || head.method === "DELETE";
}

/** Media types: the JSON API and the demo API read JSON and nothing else, so a form of a foreign page never reaches a parser. */
export function mediaTypeAllowed(head: Head): boolean {
  return !readsJsonOnly(head) || !hasBody(head) || isJson(head);
}

/** The first rule that a request breaks, or `null`; sizes of chunked bodies are counted later, by the reader. */
export function refusalOf(head: Head): Refusal | null {
  if (!allowOn(head.path).split(", ").includes(head.method)) return { status: 405, code: "method_not_allowed" };
  if (head.headers.upgrade !== undefined && /websocket/i.test(one(head.headers.upgrade) ?? ""))
    return { status: 400, code: "upgrade_refused" };
  if (head.method !== "POST" && head.method !== "DELETE") return hasBody(head) ? { status: 400, code: "bad_request" } : null;
  if (!originAllowed(head)) return { status: 403, code: "forbidden_origin" };
  if (Number(one(head.headers["content-length"]) ?? 0) > MAX_BODY) return { status: 413, code: "too_large" };
  return mediaTypeAllowed(head) ? null : { status: 415, code: "unsupported_media_type" };
}
