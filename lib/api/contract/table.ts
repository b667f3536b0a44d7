import { z } from "zod";
import { account } from "#lib/api/contract/account";
import { challenges } from "#lib/api/contract/challenges";
import { confirmations, keySet } from "#lib/api/contract/confirmations";
import { demoOperations } from "#lib/api/contract/demo";
import { factorCalls } from "#lib/api/contract/factors";
import { forwardAuth } from "#lib/api/contract/forward-auth";
import { lostPhoneCalls } from "#lib/api/contract/lost-phone";
import { passkeyCalls } from "#lib/api/contract/passkeys";
import { receipts } from "#lib/api/contract/receipts";
import { resets } from "#lib/api/contract/reset";
import { sessions } from "#lib/api/contract/sessions";
import { totpCalls } from "#lib/api/contract/totp";
import { verifications } from "#lib/api/contract/verifications";
import { wellKnown } from "#lib/api/contract/well-known";
import { openapi } from "#lib/api/openapi";
import { answer, type Operation, operation } from "#lib/api/operation";
import { routePolicies } from "#lib/http/policy";
import type { RouteAt } from "#lib/http/route";

/** The calls that the OpenAPI document describes. */
export const described: readonly Operation[] = [
  ...challenges,
  ...resets,
  ...lostPhoneCalls,
  ...account,
  ...confirmations,
  ...factorCalls,
  ...totpCalls,
  ...passkeyCalls,
  ...sessions,
  ...verifications,
];

const generated = openapi(described);

const document = operation({
  method: "GET",
  path: "/api/v1/openapi.json",
  summary: "The OpenAPI document of the API.",
  policy: routePolicies.api,
  answers: { 200: { says: "An OpenAPI 3.1 document.", schema: z.record(z.string(), z.unknown()) } },
  refusals: [],
  run: async () => answer(200, generated),
});

/** All calls that the door answers without Next. */
export const table: readonly Operation[] = [...described, document, keySet, ...wellKnown, ...demoOperations, ...receipts, ...forwardAuth];

type Entry = { pattern: RegExp; route: NonNullable<ReturnType<RouteAt>> };

/** Groups the operations by path; throws at start if one path has two policies. */
function entriesOf(operations: readonly Operation[]): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const { path, method, policy, handler } of operations) {
    const before = entries.get(path)?.route;
    if (before && before.policy !== policy) throw new Error(`${path} has two policies`);
    const pattern = new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`);
    entries.set(path, { pattern, route: { policy, handlers: { ...before?.handlers, [method]: handler } } });
  }
  return entries;
}

const entries = entriesOf(table);
const withPlaceholders = [...entries].filter(([path]) => path.includes("{")).map(([, entry]) => entry);

/** Returns the route of a path in the table, or undefined. */
export const routeAt: RouteAt = (path) => {
  const exact = path.includes("{") ? undefined : entries.get(path)?.route;
  if (exact) return exact;
  for (const { pattern, route } of withPlaceholders) {
    const params = pattern.exec(path)?.groups;
    if (params) return { ...route, params };
  }
  return undefined;
};
