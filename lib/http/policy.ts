/** Pure: what a route admits. A route declares it, and the door enforces it before a byte of a body is read (admission, verdict). */

/** The label of a route's metrics. */
export type Family = "static" | "page" | "api" | "auth" | "receipts" | "demo" | "health" | "metrics";

export type Policy = {
  family: Family;
  /** Methods that a request may have at all; a route may answer fewer of them. */
  methods: readonly string[];
  /** `ours`: one Host of an accepted origin. Reads may come to any other Host with `any`, and with the metrics token with `bearer`. */
  host: "ours" | "any" | "bearer";
  /**
   * Who may change state: `pages` of this site; `programs`, which send no Origin, as well; a `provider`, whose proof the route judges; with `public`
   * nothing does, because the route only reads.
   */
  origin: "pages" | "programs" | "provider" | "public";
  /** The only media type of a body, or null where the reader of the body decides. */
  media: string | null;
  /** Bytes. */
  maxBody: number;
  /** The form of the door's own answers: a page for people, or problem+json (RFC 9457) for programs. */
  refusals: "page" | "problem";
};

const READS = ["GET", "HEAD"];
// Nothing is deleted but by calls, and Next would answer 500 to it for a file.
const OF_PAGES = [...READS, "POST", "OPTIONS"];
const OF_CALLS = [...READS, "POST", "DELETE", "OPTIONS"];
const MAX_BODY = 64 * 1024;

const page: Policy = {
  family: "page",
  methods: OF_PAGES,
  host: "ours",
  origin: "pages",
  media: null,
  maxBody: MAX_BODY,
  refusals: "page",
};
const api: Policy = { ...page, family: "api", methods: OF_CALLS, origin: "programs", media: "application/json", refusals: "problem" };
const probe: Policy = { ...api, family: "health", methods: READS, host: "any", origin: "public" };

/** The policies that routes choose from. */
export const policies = {
  page,
  static: { ...page, family: "static" },
  api,
  demo: { ...api, family: "demo" },
  auth: { ...api, family: "auth", media: null },
  receipts: { ...api, family: "receipts", origin: "provider", media: null },
  health: probe,
  metrics: { ...probe, family: "metrics", host: "bearer" },
} as const satisfies Record<Family, Policy>;

/** Whether a path is a root or lies under it. */
export const under = (path: string, root: string): boolean => path === root || path.startsWith(`${root}/`);

/** The policy of a path that no route declares: what the door and Next answer by themselves. */
export function policyOf(path: string): Policy {
  if (path.startsWith("/_next/")) return policies.static;
  if (path === "/api/health/live" || path === "/api/health/ready") return policies.health;
  if (path === "/api/metrics") return policies.metrics;
  if (under(path, "/api/auth")) return policies.auth;
  return under(path, "/api") ? policies.api : policies.page;
}
