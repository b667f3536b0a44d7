import { z } from "zod";
import type { CallbackResult, HandOver } from "#lib/delivery/provider";
import { jsonObject } from "#lib/delivery/providers/http";

/** Parses KARADEN's answers strictly: undocumented content yields `unknown`. Pure. */

/** A message in KARADEN's format; the id is used in URLs, so it must be a UUID. */
const message = z.object({
  object: z.literal("message"),
  id: z.string().regex(/^[0-9A-Za-z-]{1,64}$/),
  tags: z.array(z.string()).nullish(),
  result: z.string().nullish(),
  status: z.string().nullish(),
  sent_result: z.string().nullish(),
  carrier: z.string().nullish(),
});

type Message = z.infer<typeof message>;

const read = (value: unknown): Message | null => message.safeParse(value).data ?? null;

const failure = z.object({ object: z.literal("error"), errors: z.record(z.string(), z.unknown()).nullish() });

/** Returns the state of a message with its carrier, and the words that KARADEN has for the state. */
function karadenState(told: Message): HandOver {
  const state = stateOf(told);
  const code = told.result === "done" ? (told.sent_result ?? told.status ?? undefined)?.slice(0, 32) : undefined;
  return state.status === "unknown" ? state : { ...state, ...(told.carrier ? { carrier: told.carrier } : {}), ...(code ? { code } : {}) };
}

/** Judges a message: `sent_result` is the carrier's state, `status` KARADEN's own; both are final once `result` is done. */
function stateOf({ id: ref, result, status, sent_result }: Message): HandOver {
  if (sent_result === "received") return { status: "delivered", ref };
  if (result !== "done") return { status: "sent", ref };
  if (sent_result === "unconnected") return { status: "undelivered", reason: "not_reachable", permanent: false, ref };
  // The carrier states no reason with an error and no result with "unknown": the text may have arrived.
  if (sent_result === "error") return { status: "undelivered", reason: "unknown", permanent: false, ref };
  if (status === "error" || status === "canceled") return { status: "failed", reason: "rejected", permanent: false, ref };
  return { status: "sent", ref };
}

/** Parses a refusal: an error about the number is permanent, because no other provider can succeed. */
export function karadenRefusal(body: string): HandOver {
  const errors = failure.safeParse(jsonObject(body)).data?.errors;
  const number = !!errors && Object.hasOwn(errors, "to");
  return { status: "failed", reason: number ? "invalid_number" : "rejected", permanent: number };
}

/** Parses the answer to a hand-over; a success that contains an error is a refusal. */
export function karadenAcceptance(body: string): HandOver {
  const value = jsonObject(body);
  const taken = read(value);
  if (taken) return karadenState(taken);
  return value?.object === "error" ? karadenRefusal(body) : { status: "unknown" };
}

/** Returns the state of an attempt from the answer about one message; a message without the attempt's tag belongs to another. */
export function stateInDetail(body: string, attemptId: string): HandOver {
  const found = read(jsonObject(body));
  return found?.tags?.includes(attemptId) ? karadenState(found) : { status: "unknown" };
}

const better = ["delivered", "sent", "undelivered", "failed", "unknown"];

/** Returns the state of an attempt from a list filtered by its tag; `absent` only for a complete, empty list. */
export function stateInList(body: string, attemptId: string): HandOver | { status: "absent" } {
  const list = jsonObject(body);
  if (list?.object !== "list" || !Array.isArray(list.data)) return { status: "unknown" };
  if (list.data.length === 0) return list.has_more === true ? { status: "unknown" } : { status: "absent" };
  const own = list.data.map(read).filter((one) => one?.tags?.includes(attemptId));
  const states = own.flatMap((one) => (one ? [karadenState(one)] : []));
  return states.sort((a, b) => better.indexOf(a.status) - better.indexOf(b.status))[0] ?? { status: "unknown" };
}

/** Returns the message of a callback. Its state is ignored, because an unsigned callback proves no sender. */
export function hintIn(body: string): CallbackResult {
  const named = read(jsonObject(body));
  if (!named) return "malformed";
  const attemptId = named.tags?.find((tag) => z.uuid().safeParse(tag).success);
  return { hints: [{ ref: named.id, ...(attemptId ? { attemptId } : {}) }] };
}
