import type { StaffAct } from "#lib/staff/matrix";

/** Pure: the policies of routes. A route declares one, and the door enforces it before it reads any byte of a body (admission, verdict). */

/** The label of a route's metrics. */
export type Family =
  | "static"
  | "page"
  | "api"
  | "auth"
  | "receipts"
  | "demo"
  | "health"
  | "metrics"
  | "keys"
  | "openid"
  | "forward"
  | "site";

export type RoutePolicy = {
  family: Family;
  /** Methods that the door admits; a route may answer fewer. */
  methods: readonly string[];
  /**
   * `ours`: the Host of an accepted origin. Reads may have any Host with `any`, and with `bearer` if they carry the metrics token. `proxied`: a
   * trusted proxy asks for a host that is registered, which the route reads from its headers.
   */
  host: "ours" | "any" | "bearer" | "proxied";
  /**
   * Allowed sources of a state change: `pages` of this site; also `programs`, which send no Origin; a `provider`, whose proof the route checks. A
   * `public` route only reads.
   */
  origin: "pages" | "programs" | "provider" | "public";
  /** The only media type of a body; null if the reader of the body decides. */
  media: string | null;
  /** Bytes. */
  maxBody: number;
  /** More bytes for staff who may do an act, which is asked before any byte is read; their length must be announced. */
  large?: { bytes: number; act: StaffAct };
  /** The format of the door's own answers: a page for browsers, or problem+json (RFC 9457) for programs. */
  refusals: "page" | "problem";
  /** Whether caches may keep its answers for as long as the answers allow. */
  kept?: true;
  /** Whether the route answers preflights of pages elsewhere itself (Fetch, CORS). */
  preflights?: true;
};

const READS = ["GET", "HEAD"];
// Without DELETE and PATCH: only calls use them, and Next would answer it with 500 for a file.
const OF_PAGES = [...READS, "POST", "OPTIONS"];
const OF_CALLS = [...READS, "POST", "PATCH", "DELETE", "OPTIONS"];
const MAX_BODY = 64 * 1024;
/** A logo of 256 KiB with the fields around it. */
const MAX_LOGO = 320 * 1024;
/** An invoice of 1 MiB with the fields around it. */
const MAX_INVOICE = 1088 * 1024;
/** A file of members of 8 MiB with the fields around it. */
const MAX_MEMBERS = 8256 * 1024;

const page: RoutePolicy = {
  family: "page",
  methods: OF_PAGES,
  host: "ours",
  origin: "pages",
  media: null,
  maxBody: MAX_BODY,
  refusals: "page",
};
const api: RoutePolicy = { ...page, family: "api", methods: OF_CALLS, origin: "programs", media: "application/json", refusals: "problem" };
const probe: RoutePolicy = { ...api, family: "health", methods: READS, host: "any", origin: "public" };

/** The policies that routes choose from. */
export const routePolicies = {
  page,
  static: { ...page, family: "static" },
  api,
  demo: { ...api, family: "demo" },
  auth: { ...api, family: "auth", media: null },
  receipts: { ...api, family: "receipts", origin: "provider", media: null },
  health: probe,
  keys: { ...api, family: "keys", methods: READS, origin: "public", kept: true },
  metrics: { ...probe, family: "metrics", host: "bearer" },
  openid: { ...page, family: "openid", methods: READS },
  forward: { ...probe, family: "forward", host: "proxied" },
  // Without HEAD, which would spend a ticket like GET.
  site: { ...page, family: "site", host: "proxied", origin: "public", methods: ["GET"] },
} as const satisfies Record<Family, RoutePolicy>;

const openIdCall = {
  ...api,
  family: "openid",
  origin: "provider",
  media: "application/x-www-form-urlencoded",
  preflights: true,
} as const;

/** The policies of OpenID Connect besides: calls of services, whose secret or token the provider checks. */
export const openIdCalls = {
  form: { ...openIdCall, methods: ["POST", "OPTIONS"] },
  read: { ...openIdCall, methods: [...READS, "POST", "OPTIONS"] },
} as const satisfies Record<string, RoutePolicy>;

/** Returns true if a path is a root or lies below it. */
export const under = (path: string, root: string): boolean => path === root || path.startsWith(`${root}/`);

/** Returns the policy of a path without a declared route, which the door or Next answers. */
export function policyOf(path: string): RoutePolicy {
  if (path.startsWith("/_next/")) return routePolicies.static;
  if (path === "/api/health/live" || path === "/api/health/ready") return routePolicies.health;
  if (path === "/api/metrics") return routePolicies.metrics;
  // Browsers alone open these: on their way to LINE or Google, and back from there.
  if (/^\/api\/auth\/(?:signin|callback)\/[a-z]+$/.test(path)) return { ...routePolicies.page, family: "auth", methods: ["GET"] };
  if (under(path, "/api/auth")) return routePolicies.auth;
  // An invoice is posted to the page of usage.
  if (path === "/admin/usage") return { ...routePolicies.page, large: { bytes: MAX_INVOICE, act: "usage.reconcile" } };
  if (path === "/admin/setup/service") return { ...routePolicies.page, large: { bytes: MAX_LOGO, act: "policy.change" } };
  if (path === "/admin/members") return { ...routePolicies.page, large: { bytes: MAX_MEMBERS, act: "members.stage" } };
  // The logo and the colours of the service, under the digest of what they are.
  if (path === "/service-logo" || path === "/service-colours")
    return { ...routePolicies.static, methods: READS, origin: "public", kept: true };
  return under(path, "/api") ? routePolicies.api : routePolicies.page;
}
