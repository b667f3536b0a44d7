import type { IncomingMessage, ServerResponse } from "node:http";
import { sql } from "#lib/db/sql";
import { limiterKey } from "#lib/http/address";
import { openIdCalls, type RoutePolicy, routePolicies } from "#lib/http/policy";
import type { Route, RouteAt } from "#lib/http/route";
import { addressPolicies } from "#lib/limits/policy";
import { takeAddress } from "#lib/limits/take";
import { finishInteraction, resumeRequest } from "#lib/openid/finish";
import { logOut } from "#lib/openid/logout";
import { openIdPaths } from "#lib/openid/names";
import { loginOf, openIdProvider } from "#lib/openid/provider";
import { requestContext } from "#lib/request";

type Listener = NonNullable<Route["listener"]>;

/** Passes a request to the provider and waits for the end of its answer. */
async function provide(req: IncomingMessage, res: ServerResponse): Promise<void> {
  await (await openIdProvider()).callback()(req, res);
}

function refuse(res: ServerResponse, error: string): void {
  res.statusCode = 303;
  res.setHeader("Location", `/continue/refused?error=${error}`);
  res.end();
}

/** Holds back what a stranger may have the database keep; a browser with a session is never held back. */
async function authorize(req: IncomingMessage, res: ServerResponse): Promise<void> {
  // A refusal by `form_post` would be a form that our own policy stops.
  const mode = new URL(req.url ?? "", "http://door.invalid").searchParams.get("response_mode") ?? "query";
  if (mode !== "query") return refuse(res, "unsupported_response_mode");
  const ip = limiterKey(requestContext()?.clientIp ?? "0.0.0.0");
  if (!(await loginOf(req)) && (await takeAddress(sql, addressPolicies.serviceRequests, ip)) !== null) return refuse(res, "too_many");
  await provide(req, res);
}

const route = (policy: RoutePolicy, listener: Listener = provide): Route => ({ policy, listener });

const routes: Readonly<Record<string, Route>> = {
  "/.well-known/openid-configuration": route(openIdCalls.read),
  [openIdPaths.authorization]: route(routePolicies.openid, authorize),
  [openIdPaths.token]: route(openIdCalls.form),
  [openIdPaths.userinfo]: route(openIdCalls.read),
  [openIdPaths.introspection]: route(openIdCalls.form),
  [openIdPaths.revocation]: route(openIdCalls.form),
  [openIdPaths.pushed_authorization_request]: route(openIdCalls.form),
  [openIdPaths.end_session]: route(routePolicies.openid, logOut),
};

const RESUME = /^\/openid\/authorize\/[\w-]{43}$/;
const FINISH = /^\/continue\/[\w-]{43}\/finish$/;
const resume = route(routePolicies.openid, resumeRequest);
const finish = route(routePolicies.openid, finishInteraction);

/** Returns the route of a path of OpenID Connect, or undefined. */
export const openIdRouteAt: RouteAt = (path) => {
  if (Object.hasOwn(routes, path)) return routes[path];
  if (RESUME.test(path)) return resume;
  return FINISH.test(path) ? finish : undefined;
};
