import type { Handler } from "#lib/http/called";
import type { RoutePolicy } from "./policy.ts";

/** The route of a path: its policy and, unless Next answers it, the handler of each method. */
export type Route = {
  policy: RoutePolicy;
  handlers?: Readonly<Record<string, Handler>>;
  /** The values of the path's placeholders. */
  params?: Readonly<Record<string, string>>;
};

/** Returns the route that declares a path, or undefined. */
export type RouteAt = (path: string) => Route | undefined;
