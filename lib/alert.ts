import { type LogFields, log } from "#lib/log";
import { singleton } from "#lib/singleton";

/** The alerts for an operator: each is a log line at level error and a counter in /api/metrics. */
export const ALERTS = [
  "second_factor.braked",
  "number_block.braked",
  "conversion.braked",
  "pumping.noticed",
  "pool.full",
  "proxy.untrusted",
  "audit.broken",
  "receipts.silent",
] as const;
type AlertEvent = (typeof ALERTS)[number];

const counts = () => singleton("alerts", () => new Map<AlertEvent, number>());

/** Raises an alert; call it after the commit of its cause. */
export function alert(event: AlertEvent, fields: Omit<LogFields, "event">, message: string): void {
  counts().set(event, (counts().get(event) ?? 0) + 1);
  log.error({ ...fields, event }, message);
}

/** How often each alert was raised since this process began. */
export const alertCounts = (): ReadonlyMap<AlertEvent, number> => counts();
