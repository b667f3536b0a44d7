import type { RoutePolicy } from "./policy.ts";

/** Pure: decides whether a request is admitted, from its head and the policy of its route alone. */

interface RequestHead {
  method: string;
  policy: RoutePolicy;
  /** `scheme://host` of this request, built from accepted parts. */
  self: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
}

type AdmissionRefusal = { status: 400 | 403 | 405 | 413 | 415 | 431; code: string };

const one = (value: string | string[] | undefined) => (Array.isArray(value) ? value.join(", ") : value);
const hasBody = (head: RequestHead) =>
  head.headers["transfer-encoding"] !== undefined || Number(one(head.headers["content-length"]) ?? 0) > 0;
const mediaType = (head: RequestHead) => (one(head.headers["content-type"]) ?? "").split(";", 1)[0]?.trim().toLowerCase();
const isJson = (head: RequestHead) => mediaType(head) === "application/json";
// Browsers send Sec-Fetch-Site with every request (Fetch Metadata 2.5); Node's own fetch sends Sec-Fetch-Mode and nothing else.
const fromBrowser = (head: RequestHead) =>
  Object.keys(head.headers).some((name) => name.startsWith("sec-fetch-") && name !== "sec-fetch-mode");

/** Methods that change something. */
const CHANGES = ["POST", "PATCH", "DELETE"];

/** The origin rule (WB-02; OWASP CSRF "verifying origin"): returns true when a state change may come from this origin. */
function originAllowed(head: RequestHead): boolean {
  const { origin: accepted, media } = head.policy;
  if (accepted === "provider") return true;
  if (accepted === "public") return false;
  const site = one(head.headers["sec-fetch-site"]);
  if (site !== undefined && site !== "same-origin" && site !== "none") return false;
  const origin = one(head.headers.origin);
  if (origin !== undefined) return origin === head.self;
  // Without Origin only programs are admitted, with a request that no form of a foreign page can send (WB-02).
  // A body of another media type is left to its own refusal, 415.
  if (accepted !== "programs" || fromBrowser(head)) return false;
  if (hasBody(head)) return isJson(head) || media !== null;
  return isJson(head) || head.method === "DELETE";
}

/** The media type rule: a route for JSON reads nothing else, so a form of a foreign page never reaches a parser. */
function mediaTypeAllowed(head: RequestHead): boolean {
  const { media } = head.policy;
  return media === null || !hasBody(head) || mediaType(head) === media;
}

/** Returns the first rule that a request breaks, or `null`; the body reader enforces the size of chunked bodies. */
export function admissionRefusal(head: RequestHead): AdmissionRefusal | null {
  const { methods, maxBody, large, host } = head.policy;
  if (!methods.includes(head.method)) return { status: 405, code: "method_not_allowed" };
  // A proxy may pass on the Upgrade of the request that it asks about.
  if (host !== "proxied" && head.headers.upgrade !== undefined && /websocket/i.test(one(head.headers.upgrade) ?? ""))
    return { status: 400, code: "upgrade_refused" };
  if (!CHANGES.includes(head.method)) return hasBody(head) ? { status: 400, code: "bad_request" } : null;
  if (!originAllowed(head)) return { status: 403, code: "forbidden_origin" };
  // The database decides afterwards who may send more.
  if (!large && Number(one(head.headers["content-length"]) ?? 0) > maxBody) return { status: 413, code: "too_large" };
  return mediaTypeAllowed(head) ? null : { status: 415, code: "unsupported_media_type" };
}
