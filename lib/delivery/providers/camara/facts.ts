import { z } from "zod";
import type { NumberFacts } from "#lib/delivery/provider";
import { jsonObject } from "#lib/delivery/providers/http";

/** Reads the answers of CAMARA's APIs; null for what does not answer the question. Pure. */

type Facts = Partial<NumberFacts> | null;

const simSwap = z.object({
  latestSimChange: z.iso.datetime({ offset: true }).nullable(),
  monitoredPeriod: z.number().int().nonnegative().optional(),
});

/**
 * The last SIM change. None within a monitored period (days) that is shorter than `hours` says nothing about the hours before it.
 */
export function simSwapIn(body: string, hours: number): Facts {
  const parsed = simSwap.safeParse(jsonObject(body));
  if (!parsed.success) return null;
  const { latestSimChange: at, monitoredPeriod: days } = parsed.data;
  if (at !== null) return { simSwappedAt: new Date(at) };
  return days !== undefined && days * 24 < hours ? null : { simSwappedAt: null };
}

export function recyclingIn(body: string): Facts {
  const recycled = jsonObject(body)?.phoneNumberRecycled;
  return typeof recycled === "boolean" ? { recycled } : null;
}

export function forwardingIn(body: string): Facts {
  const forwarded = jsonObject(body)?.active;
  return typeof forwarded === "boolean" ? { forwarded } : null;
}

/**
 * The calendar date of a proof for Number Recycling. It is Japan's, which is never before UTC's: an earlier date could lie before the contract of the
 * person who proved the number, and the number would count as recycled.
 */
export const dateOf = (verifiedAt: Date): string => new Date(verifiedAt.getTime() + 9 * 3_600_000).toISOString().slice(0, 10);
