import { z } from "zod";
import type { CallbackResult, Delivery, HandOver, NumberFacts } from "#lib/delivery/provider";
import { jsonObject } from "#lib/delivery/providers/http";
import { providerErrors } from "#lib/errors";

/** The words of the generic webhook (docs/webhook.md): what we say, and what a gateway may say. Pure. */

/** The gateway's own name of a message: visible ASCII, so that any database and log can hold it. */
const id = z.string().regex(/^[\x21-\x7e]{1,128}$/);
const states = ["sent", "delivered", "undelivered", "failed"] as const;

const outcome = z.object({
  id: id.nullish(),
  status: z.enum(states).default("sent"),
  reason: z.enum(providerErrors).default("unknown"),
  permanent: z.boolean().default(false),
});

const known = z.object({ ...outcome.shape, status: z.enum([...states, "absent"]) });
const refused = z.object({ reason: z.enum(providerErrors), permanent: z.boolean().default(false) });
const receipt = z.object({ attemptId: z.uuid(), id: id.nullish(), status: z.enum(states), reason: z.enum(providerErrors).optional() });

const facts = z.object({
  lineType: z.enum(["mobile", "landline", "voip", "toll_free", "premium", "pager", "other", "unknown"]).default("unknown"),
  simSwappedAt: z.iso.datetime({ offset: true }).nullish(),
});

/** The answer to a question about a number; what cannot be read says nothing. */
export function factsIn(body: string): NumberFacts {
  const parsed = facts.safeParse(jsonObject(body));
  if (!parsed.success) return { lineType: "unknown" };
  const { lineType, simSwappedAt } = parsed.data;
  return { lineType, ...(simSwappedAt === undefined ? {} : { simSwappedAt: simSwappedAt === null ? null : new Date(simSwappedAt) }) };
}

/** The body of a hand-over. */
export function requestBody(delivery: Delivery, from: string | null, receiptUrl: string): string {
  const { attemptId, to, text, locale, validSeconds } = delivery;
  const channel = delivery.channel === "SMS" ? "sms" : "voice";
  const greeting = delivery.channel === "VOICE" ? { greeting: delivery.greeting } : {};
  return JSON.stringify({ version: 1, attemptId, channel, to, text, ...greeting, locale, from, validSeconds, receiptUrl });
}

/** The body of a question about an attempt. */
export const questionBody = (attemptId: string): string => JSON.stringify({ version: 1, attemptId });

function handOver({ status, id, reason, permanent }: z.infer<typeof outcome>): HandOver {
  const ref = id ?? null;
  return status === "sent" || status === "delivered" ? { status, ref } : { status, reason, permanent, ref };
}

/**
 * A 2xx: empty or `{}`, or an object that names an id or a status. One with anything else in their place, or with an
 * `error`, was not made by somebody who read the contract, and may mean the opposite of what its status says.
 */
export function acceptance(body: string): HandOver {
  const value = body === "" ? {} : jsonObject(body);
  const has = (name: string) => value !== null && Object.hasOwn(value, name);
  const understood = value && !has("error") && (Object.keys(value).length === 0 || has("id") || has("status"));
  const parsed = understood ? outcome.safeParse(value) : null;
  return parsed?.success ? handOver(parsed.data) : { status: "unknown" };
}

/** A 4xx: the gateway's reason where it gives one of ours. */
export function refusal(body: string): HandOver {
  const parsed = refused.safeParse(jsonObject(body));
  return parsed.success ? { status: "failed", ...parsed.data } : { status: "failed", reason: "rejected", permanent: false };
}

/** The answer to a question about an attempt; here the status has to be said. */
export function answerTo(body: string): HandOver | { status: "absent" } {
  const parsed = known.safeParse(jsonObject(body));
  if (!parsed.success) return { status: "unknown" };
  const { status } = parsed.data;
  return status === "absent" ? { status } : handOver({ ...parsed.data, status });
}

/** A receipt whose signature was found good; a reason belongs to a failure alone. */
export function receiptIn(body: string): CallbackResult {
  const parsed = receipt.safeParse(jsonObject(body));
  if (!parsed.success) return "malformed";
  const { attemptId, id: ref, status, reason = "unknown" } = parsed.data;
  return {
    receipts: [{ attemptId, ...(ref ? { ref } : {}), status, ...(status === "undelivered" || status === "failed" ? { reason } : {}) }],
  };
}
