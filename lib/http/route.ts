import type { IncomingMessage, ServerResponse } from "node:http";
import type { Handler } from "#lib/http/called";
import type { RoutePolicy } from "./policy.ts";

/** The route of a path: its policy and, unless Next answers it, the handler of each method or one listener. */
export type Route = {
  policy: RoutePolicy;
  handlers?: Readonly<Record<string, Handler>>;
  /** Answers by itself, for a protocol that has its own forms of request and answer. */
  listener?: (req: IncomingMessage, res: ServerResponse) => Promise<void>;
  /** The values of the path's placeholders. */
  params?: Readonly<Record<string, string>>;
};

/** Returns the route that declares a path, or undefined. */
export type RouteAt = (path: string) => Route | undefined;
