import type { RequestContext } from "#lib/request";
import type { Status } from "./words.ts";

/** Pure: decides what happens to an answer that Next or the product's code has begun. */

interface RequestOutcome {
  status: number;
  contentType: string;
  /** Next found no such server action: the page is from an older build, or the id is invented. */
  actionNotFound: boolean;
  kind: "page" | "api" | "fetch";
}

/**
 * Returns the status of a redirect: 303 after a POST, so that the browser fetches the next page with GET and does not repeat the body (RFC 9110
 * 15.4.4). Next and next-auth would answer 307 or 302 (WB-13).
 */
export const leadingStatus = (method: string | undefined, status: number): number =>
  method === "POST" && [301, 302, 307, 308].includes(status) ? 303 : status;

/** The pages whose forms open a challenge in a browser that may have no cookie yet. */
const BEGINNINGS = ["/sign-in", "/sign-up", "/forgot-password"];

/** Returns true if an answer sets the probe cookie: the request had no cookie, and its page has a form that needs one or received that form. */
export const probes = (
  asked: { method: string | undefined; path: string; cookie: string | undefined },
  kind: RequestOutcome["kind"],
): boolean => kind !== "api" && asked.cookie === undefined && (asked.method === "POST" || BEGINNINGS.includes(asked.path));

/** Returns the status of the door's own answer if it replaces this one, or `null` to let it pass. */
export function replacementFor(outcome: RequestOutcome, context: Pick<RequestContext, "ours" | "databaseUnavailable">): Status | null {
  if (outcome.kind === "page" && outcome.actionNotFound) return outcome.status === 400 ? 400 : 409;
  // A use case's own refusal is more precise than the door's answer.
  if (outcome.kind === "api" && outcome.contentType.startsWith("application/problem+json")) return null;
  // Without the database next-auth reports a visitor instead of an outage.
  if (outcome.kind === "api" && context.databaseUnavailable) return 503;
  if (outcome.status < 500) return null;
  if (context.databaseUnavailable) return 503;
  // Next answers 500 to a body that it cannot decode into an action call; the product's code has not run, so the request is at fault.
  return context.ours ? 500 : 400;
}
