import { z } from "zod";
import type { CallbackResult, Delivery, HandOver, NumberFacts } from "#lib/delivery/provider";
import { jsonObject } from "#lib/delivery/providers/http";
import { providerErrors } from "#lib/errors";

/** The messages of the generic webhook (docs/webhook.md) in both directions. Pure. */

/** The gateway's id of a message: visible ASCII, which every database and log can store. */
const id = z.string().regex(/^[\x21-\x7e]{1,128}$/);
const states = ["sent", "delivered", "undelivered", "failed"] as const;

/** The carrier of the number, and the gateway's own code for the outcome. */
const besides = { carrier: z.string().max(40).optional(), code: z.string().max(40).optional() };

const outcome = z.object({
  id: id.nullish(),
  status: z.enum(states).default("sent"),
  reason: z.enum(providerErrors).default("unknown"),
  permanent: z.boolean().default(false),
  ...besides,
});

const known = z.object({ ...outcome.shape, status: z.enum([...states, "absent"]) });
const refused = z.object({ reason: z.enum(providerErrors), permanent: z.boolean().default(false) });
const receipt = z.object({
  attemptId: z.uuid(),
  id: id.nullish(),
  status: z.enum(states),
  reason: z.enum(providerErrors).optional(),
  ...besides,
});

const facts = z.object({
  lineType: z.enum(["mobile", "landline", "voip", "toll_free", "premium", "pager", "other", "unknown"]).default("unknown"),
  simSwappedAt: z.iso.datetime({ offset: true }).nullish(),
});

/** Parses the answer to a look-up; unreadable content yields `unknown`. */
export function webhookFacts(body: string): NumberFacts {
  const parsed = facts.safeParse(jsonObject(body));
  if (!parsed.success) return { lineType: "unknown" };
  const { lineType, simSwappedAt } = parsed.data;
  return { lineType, ...(simSwappedAt === undefined ? {} : { simSwappedAt: simSwappedAt === null ? null : new Date(simSwappedAt) }) };
}

export function requestBody(delivery: Delivery, from: string | null, receiptUrl: string): string {
  const { attemptId, to, text, locale, validSeconds } = delivery;
  const channel = delivery.channel === "SMS" ? "sms" : "voice";
  const greeting = delivery.channel === "VOICE" ? { greeting: delivery.greeting } : {};
  return JSON.stringify({ version: 1, attemptId, channel, to, text, ...greeting, locale, from, validSeconds, receiptUrl });
}

export const questionBody = (attemptId: string): string => JSON.stringify({ version: 1, attemptId });

function handOver({ status, id, reason, permanent, carrier, code }: z.infer<typeof outcome>): HandOver {
  const told = { ref: id ?? null, ...(carrier ? { carrier } : {}), ...(code ? { code } : {}) };
  return status === "sent" || status === "delivered" ? { status, ...told } : { status, reason, permanent, ...told };
}

/**
 * Parses a 2xx: empty, `{}`, or an object with an id or a status. Any other content or an `error` contradicts the contract, so the outcome is
 * unknown.
 */
export function webhookAcceptance(body: string): HandOver {
  const value = body === "" ? {} : jsonObject(body);
  const has = (name: string) => value !== null && Object.hasOwn(value, name);
  const understood = value && !has("error") && (Object.keys(value).length === 0 || has("id") || has("status"));
  const parsed = understood ? outcome.safeParse(value) : null;
  return parsed?.success ? handOver(parsed.data) : { status: "unknown" };
}

/** Parses a 4xx: takes the gateway's reason if it is one of the contract's. */
export function webhookRefusal(body: string): HandOver {
  const parsed = refused.safeParse(jsonObject(body));
  return parsed.success ? { status: "failed", ...parsed.data } : { status: "failed", reason: "rejected", permanent: false };
}

/** Parses the answer to a status query, in which the status is required. */
export function answerTo(body: string): HandOver | { status: "absent" } {
  const parsed = known.safeParse(jsonObject(body));
  if (!parsed.success) return { status: "unknown" };
  const { status } = parsed.data;
  return status === "absent" ? { status } : handOver({ ...parsed.data, status });
}

/** Parses a receipt with a valid signature; only a failure may have a reason. */
export function webhookReceipts(body: string): CallbackResult {
  const parsed = receipt.safeParse(jsonObject(body));
  if (!parsed.success) return "malformed";
  const { attemptId, id: ref, status, reason = "unknown", carrier, code } = parsed.data;
  const why = status === "undelivered" || status === "failed" ? { reason } : {};
  return { receipts: [{ attemptId, ...(ref ? { ref } : {}), status, ...why, ...(carrier ? { carrier } : {}), ...(code ? { code } : {}) }] };
}
