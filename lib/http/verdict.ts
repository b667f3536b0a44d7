import type { IncomingMessage } from "node:http";
import type { Env } from "#lib/env";
import { admissionRefusal } from "./admission.ts";
import { bearerMatches } from "./metrics.ts";
import type { RoutePolicy } from "./policy.ts";
import { acceptedHost, isAbsent, parseTarget } from "./target.ts";
import type { Status } from "./words.ts";

/** What happens to a request, decided from its head before a byte of its body is read. */
type Verdict = { path?: string } & Judged;

type Judged = { self?: string } & (
  | { to: "refuse"; status: Status; code?: string; headers?: Record<string, string> }
  | { to: "health" }
  | { to: "metrics" }
  | { to: "options" }
  | { to: "app"; host: string; self: string }
);

type Asked = Pick<IncomingMessage, "method" | "url" | "headers" | "rawHeaders">;
type Mode = { env: Pick<Env, "demo" | "publicOrigin" | "origins" | "METRICS_TOKEN">; dev: boolean; internal: boolean; fromProxy: boolean };

const MAX_HEADERS = 100;

const hostsOf = ({ rawHeaders }: Asked) =>
  rawHeaders.flatMap((name, at) => (at % 2 === 0 && name.toLowerCase() === "host" ? [rawHeaders[at + 1] ?? ""] : []));

/** The name in a Host header without its port, in the spelling of URLs; proxies find one server by all of them. */
const hostname = (host: string) => host.toLowerCase().replace(/:\d*$/, "").replace(/\.$/, "");

const refused = (status: Status, code?: string, headers?: Record<string, string>) => ({ to: "refuse", status, code, headers }) as const;

/** Judges a head in order: target, routes without a Host rule (health, and metrics with their token), Host, then the rest. */
export function judge(asked: Asked, policy: RoutePolicy, mode: Mode): Verdict {
  const target = parseTarget(asked.url ?? "");
  if (!target.ok) return refused(target.status);
  const { path } = target;
  if (asked.rawHeaders.length / 2 > MAX_HEADERS) return { path, ...refused(431) };
  if (asked.headers.expect !== undefined && asked.headers.expect.toLowerCase() !== "100-continue") return { path, ...refused(400) };
  if (policy.host === "proxied") return { path, ...judgeForProxy(asked, mode, policy) };
  if ((asked.method === "GET" || asked.method === "HEAD") && hostless(asked, policy, mode))
    return { path, to: policy.family === "metrics" ? "metrics" : "health" };
  return { path, ...judgeForHost(asked, mode, { path, policy }) };
}

/** Returns true if a read may have any Host. */
const hostless = ({ headers }: Asked, { host }: RoutePolicy, { env }: Mode): boolean =>
  host === "any" || (host === "bearer" && bearerMatches(headers.authorization, env.METRICS_TOKEN));

/** Judges the request of a trusted proxy for another host. Proxies ask by an inner address or by that host; our own name is written by a client. */
function judgeForProxy(asked: Asked, { env, fromProxy }: Mode, policy: RoutePolicy): Judged {
  const self = env.publicOrigin;
  const refusal = admissionRefusal({ method: asked.method ?? "", policy, self, headers: asked.headers });
  if (refusal) return { self, ...refused(refusal.status, refusal.code) };
  if (!fromProxy) return { self, ...refused(403, "untrusted_proxy") };
  if (hostsOf(asked).some((host) => hostname(host) === new URL(self).hostname)) return { self, ...refused(404) };
  return { self, to: "app", host: new URL(self).host };
}

function judgeForHost(asked: Asked, { env, dev, internal }: Mode, { path, policy }: { path: string; policy: RoutePolicy }): Judged {
  const hosts = hostsOf(asked);
  if (hosts.length !== 1) return refused(400);
  // Next's request to itself goes to the loopback address; its original host is the one that the door set.
  const host = acceptedHost(internal ? [String(asked.headers["x-forwarded-host"])] : hosts, env.origins);
  if (!host) return refused(421);
  const self = env.demo ? `http://${host}` : env.publicOrigin;
  const refusal = admissionRefusal({ method: asked.method ?? "", policy, self, headers: asked.headers });
  const allow = { Allow: policy.methods.join(", ") };
  if (refusal) return { self, ...refused(refusal.status, refusal.code, refusal.status === 405 ? allow : undefined) };
  if (policy.family === "metrics")
    return { self, ...(env.METRICS_TOKEN ? refused(401, undefined, { "WWW-Authenticate": "Bearer" }) : refused(404)) };
  if (isAbsent(path, { dev, demo: env.demo })) return { self, ...refused(404) };
  const preflight = policy.preflights && asked.headers["access-control-request-method"] !== undefined;
  return asked.method === "OPTIONS" && !preflight ? { self, to: "options" } : { to: "app", host, self };
}
