import { type LostReason, lostReasons } from "#lib/delivery/provider";
import { log } from "#lib/log";
import { singleton } from "#lib/singleton";

/** Receipts that changed nothing: each is logged without content and counted for /api/metrics. */

const counts = () => singleton("lost receipts", () => new Map<LostReason, number>());

/** Logs and counts a receipt of an account that could not be read, matched or stored. */
export function lostReceipt(provider: string, reason: LostReason): void {
  counts().set(reason, (counts().get(reason) ?? 0) + 1);
  log.warn({ event: "receipt.lost", provider, reason }, "a receipt moved no text");
}

/** Returns the number of receipts lost in this process since its start, by reason. */
export const lostCounts = (): [LostReason, number][] => lostReasons.map((reason) => [reason, counts().get(reason) ?? 0]);
