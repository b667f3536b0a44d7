import { z } from "zod";
import type { CallbackResult, HandOver } from "#lib/delivery/provider";
import { jsonObject } from "#lib/delivery/providers/http";

/** What KARADEN says, read strictly: whatever is not the documented shape says nothing. Pure. */

/** A message as KARADEN describes it; the id is a UUID that goes back into a URL, so nothing else gets in. */
const message = z.object({
  object: z.literal("message"),
  id: z.string().regex(/^[0-9A-Za-z-]{1,64}$/),
  tags: z.array(z.string()).nullish(),
  result: z.string().nullish(),
  status: z.string().nullish(),
  sent_result: z.string().nullish(),
});

type Message = z.infer<typeof message>;

const read = (value: unknown): Message | null => message.safeParse(value).data ?? null;

const failure = z.object({ object: z.literal("error"), errors: z.record(z.string(), z.unknown()).nullish() });

/** The state of a message: `sent_result` is the carrier's word, `status` KARADEN's own; both are final once `result` is done. */
export function stateOf({ id: ref, result, status, sent_result }: Message): HandOver {
  if (sent_result === "received") return { status: "delivered", ref };
  if (result !== "done") return { status: "sent", ref };
  if (sent_result === "unconnected") return { status: "undelivered", reason: "not_reachable", permanent: false, ref };
  // The carrier gives no reason with an error, and nothing at all with "unknown": the text may well have arrived.
  if (sent_result === "error") return { status: "undelivered", reason: "unknown", permanent: false, ref };
  if (status === "error" || status === "canceled") return { status: "failed", reason: "rejected", permanent: false, ref };
  return { status: "sent", ref };
}

/** A refusal: an error that names the number is the number's own and no other provider would do better. */
export function refusal(body: string): HandOver {
  const errors = failure.safeParse(jsonObject(body)).data?.errors;
  const number = !!errors && Object.hasOwn(errors, "to");
  return { status: "failed", reason: number ? "invalid_number" : "rejected", permanent: number };
}

/** The answer to a text that was handed over; a success with an error inside is the refusal it says it is. */
export function acceptance(body: string): HandOver {
  const value = jsonObject(body);
  const taken = read(value);
  if (taken) return stateOf(taken);
  return value?.object === "error" ? refusal(body) : { status: "unknown" };
}

/** The state of one attempt in the answer about one message; a message without its tag is another one's and says nothing. */
export function stateInDetail(body: string, attemptId: string): HandOver {
  const found = read(jsonObject(body));
  return found?.tags?.includes(attemptId) ? stateOf(found) : { status: "unknown" };
}

const better = ["delivered", "sent", "undelivered", "failed", "unknown"];

/** The state of one attempt in a list that was asked for by its tag: absent only from a whole list that is empty. */
export function stateInList(body: string, attemptId: string): HandOver | { status: "absent" } {
  const list = jsonObject(body);
  if (list?.object !== "list" || !Array.isArray(list.data)) return { status: "unknown" };
  if (list.data.length === 0) return list.has_more === true ? { status: "unknown" } : { status: "absent" };
  const own = list.data.map(read).filter((one) => one?.tags?.includes(attemptId));
  const states = own.flatMap((one) => (one ? [stateOf(one)] : []));
  return states.sort((a, b) => better.indexOf(a.status) - better.indexOf(b.status))[0] ?? { status: "unknown" };
}

/** Which message a callback is about; what it says of its state is not believed, because nothing in it proves who wrote it. */
export function hintIn(body: string): CallbackResult {
  const named = read(jsonObject(body));
  if (!named) return "malformed";
  const attemptId = named.tags?.find((tag) => z.uuid().safeParse(tag).success);
  return { hints: [{ ref: named.id, ...(attemptId ? { attemptId } : {}) }] };
}
