import type { CallbackResult, HandOver } from "#lib/delivery/provider";
import { jsonObject } from "#lib/delivery/providers/http";
import { infobipState } from "#lib/delivery/providers/infobip/state";

/** Parses Infobip's answers and reports strictly: what is not about this text is no answer. Pure. */

type Json = Record<string, unknown>;

const objectsIn = (body: string, list: "messages" | "results"): Json[] | null => {
  const entries = jsonObject(body)?.[list];
  return Array.isArray(entries) && entries.every((one) => typeof one === "object" && one !== null) ? (entries as Json[]) : null;
};

/** Returns the state of the text with this id in a list of an answer; `unknown` if it is not there. */
export function stateOf(body: string, list: "messages" | "results", attemptId: string): HandOver {
  const found = objectsIn(body, list)?.find(({ messageId }) => messageId === attemptId);
  const state = found ? infobipState(found.status, found.error) : { status: "unknown" as const };
  return state.status === "unknown" ? state : { ...state, ref: attemptId };
}

/** Parses a 4xx: an error code about the request, never about the number. */
export const infobipRefusal = (): HandOver => ({ status: "failed", reason: "rejected", permanent: false });

/** Parses a delivery report, which carries no signature: the ids of the texts to query. */
export function hintsIn(body: string): CallbackResult {
  const results = objectsIn(body, "results");
  if (!results) return "malformed";
  return { hints: results.flatMap(({ messageId }) => (typeof messageId === "string" ? [{ attemptId: messageId }] : [])) };
}
