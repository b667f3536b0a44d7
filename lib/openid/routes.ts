import type { IncomingMessage, ServerResponse } from "node:http";
import { openIdCalls, type RoutePolicy, routePolicies } from "#lib/http/policy";
import type { Route, RouteAt } from "#lib/http/route";
import { finishInteraction } from "#lib/openid/finish";
import { logOut } from "#lib/openid/logout";
import { openIdPaths } from "#lib/openid/names";
import { openIdProvider } from "#lib/openid/provider";

type Listener = NonNullable<Route["listener"]>;

/** Passes a request to the provider and waits for the end of its answer. */
async function provide(req: IncomingMessage, res: ServerResponse): Promise<void> {
  await (await openIdProvider()).callback()(req, res);
}

const route = (policy: RoutePolicy, listener: Listener = provide): Route => ({ policy, listener });

const routes: Readonly<Record<string, Route>> = {
  "/.well-known/openid-configuration": route(openIdCalls.read),
  [openIdPaths.authorization]: route(routePolicies.openid),
  [openIdPaths.token]: route(openIdCalls.form),
  [openIdPaths.userinfo]: route(openIdCalls.read),
  [openIdPaths.introspection]: route(openIdCalls.form),
  [openIdPaths.revocation]: route(openIdCalls.form),
  [openIdPaths.pushed_authorization_request]: route(openIdCalls.form),
  [openIdPaths.end_session]: route(routePolicies.openid, logOut),
};

const RESUME = /^\/openid\/authorize\/[\w-]{43}$/;
const FINISH = /^\/continue\/[\w-]{43}\/finish$/;
const resume = route(routePolicies.openid);
const finish = route(routePolicies.openid, finishInteraction);

/** Returns the route of a path of OpenID Connect, or undefined. */
export const openIdRouteAt: RouteAt = (path) => {
  if (Object.hasOwn(routes, path)) return routes[path];
  if (RESUME.test(path)) return resume;
  return FINISH.test(path) ? finish : undefined;
};
