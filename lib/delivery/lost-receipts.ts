import { type LostReason, lostReasons } from "#lib/delivery/provider";
import { log } from "#lib/log";
import { singleton } from "#lib/singleton";

/** Receipts that moved nothing: each is a log line without content, and counted for /api/metrics. */

const counts = () => singleton("lost receipts", () => new Map<LostReason, number>());

/** Notes that a receipt of an account could not be read, matched or kept. */
export function lostReceipt(provider: string, reason: LostReason): void {
  counts().set(reason, (counts().get(reason) ?? 0) + 1);
  log.warn({ event: "receipt.lost", provider, reason }, "a receipt moved no text");
}

/** How many receipts were lost in this process since it began, for every reason. */
export const lostCounts = (): [LostReason, number][] => lostReasons.map((reason) => [reason, counts().get(reason) ?? 0]);
