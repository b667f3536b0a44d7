import type { LineType, NumberFacts } from "#lib/delivery/provider";
import { exchange, jsonObject } from "#lib/delivery/providers/http";
import { addressOf, type Twilio } from "#lib/delivery/providers/twilio/settings";

/** Queries Twilio's Lookup v2, which charges per package: one for the line, one for the SIM. */

const packages = { line: "line_type_intelligence", sim: "sim_swap" };

const lineTypes: Record<string, LineType> = {
  mobile: "mobile",
  landline: "landline",
  fixedVoip: "voip",
  nonFixedVoip: "voip",
  tollFree: "toll_free",
  premium: "premium",
  pager: "pager",
  personal: "other",
  sharedCost: "other",
  uan: "other",
  voicemail: "other",
};

const object = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

/**
 * Returns the last SIM change. Some carriers report only that it changed within a period; this counts as a change of now, because the other reading
 * would be unsafe.
 */
function swapIn(value: unknown, now: Date): Pick<NumberFacts, "simSwappedAt"> {
  const { error_code, last_sim_swap } = object(value);
  const { last_sim_swap_date: date, swapped_in_period: swapped } = object(last_sim_swap);
  const at = typeof date === "string" ? new Date(date) : null;
  if (at && !Number.isNaN(at.getTime())) return { simSwappedAt: at };
  if (error_code || typeof swapped !== "boolean") return {};
  return { simSwappedAt: swapped ? now : null };
}

/** Parses an answer of Lookup v2; `unknown` for everything it does not state. Pure. */
export function twilioFacts(body: string, now: Date): NumberFacts {
  const answer = jsonObject(body) ?? {};
  const { type } = object(answer.line_type_intelligence);
  const lineType = typeof type === "string" && Object.hasOwn(lineTypes, type) ? lineTypes[type] : undefined;
  return { lineType: lineType ?? "unknown", ...swapIn(answer.sim_swap, now) };
}

/** Looks up an E.164 number within `signal`; any failure yields `unknown` and no error. */
export async function lookUp(twilio: Twilio, to: string, what: "line" | "sim", signal: AbortSignal): Promise<NumberFacts> {
  if (!/^\+[1-9]\d{3,14}$/.test(to)) return { lineType: "unknown" };
  const url = `${addressOf("lookups", twilio)}/v2/PhoneNumbers/${to}?Fields=${packages[what]}`;
  const headers = { authorization: twilio.authorization, accept: "application/json", "user-agent": "Sekisho" };
  const answer = await exchange(url, { headers }, signal);
  return answer.ok && answer.status === 200 ? twilioFacts(answer.text, new Date()) : { lineType: "unknown" };
}
