import type { RequestContext } from "#lib/request";
import type { Status } from "./words.ts";

/** Pure: what becomes of an answer that Next or our own code has begun. */

export interface Outcome {
  status: number;
  contentType: string;
  /** Next says that no such server action exists (old page after a new build, or an invention). */
  actionNotFound: boolean;
  kind: "page" | "api" | "fetch";
}

/**
 * Returns the status of a redirect: 303 after a POST, so that the browser fetches the next page with GET and does not repeat the body (RFC 9110
 * 15.4.4). Next answers 307 if rendering the page after an action redirects, next-auth 302 (WB-13).
 */
export const leadingStatus = (method: string | undefined, status: number): number =>
  method === "POST" && [301, 302, 307, 308].includes(status) ? 303 : status;

/** Tells whether an answer sets the probe: the request had no cookie, and its page has a form that needs one, or the form was just submitted. */
export const probes = (asked: { method: string | undefined; path: string; cookie: string | undefined }, kind: Outcome["kind"]): boolean =>
  kind !== "api" && asked.cookie === undefined && (asked.method === "POST" || asked.path === "/sign-in" || asked.path === "/sign-up");

/** The status by which the door's own answer takes the place of this one, or `null` to let it pass. */
export function replacementFor(outcome: Outcome, context: Pick<RequestContext, "ours" | "databaseUnavailable">): Status | null {
  if (outcome.kind === "page" && outcome.actionNotFound) return outcome.status === 400 ? 400 : 409;
  // A use case of the API that answers its own refusal has said more than the door could.
  if (outcome.kind === "api" && outcome.contentType.startsWith("application/problem+json")) return null;
  // next-auth takes a database that does not answer for nobody being signed in.
  if (outcome.kind === "api" && context.databaseUnavailable) return 503;
  if (outcome.status < 500) return null;
  if (context.databaseUnavailable) return 503;
  // Next answers 500 to a body that it cannot decode into an action call; nothing of ours ran, so the request was at fault.
  return context.ours ? 500 : 400;
}
