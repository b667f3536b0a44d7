import type { HandOver } from "#lib/delivery/provider";
import type { Submitted } from "#lib/delivery/providers/smpp/window";
import type { DeliveryError } from "#lib/errors";

/** Maps a gateway's statuses (SMPP 3.4, 5.1.3) to the outcome of a hand-over. Pure. */

const failed = (reason: DeliveryError, backOff?: "now" | number): HandOver => ({
  status: "failed",
  reason,
  permanent: reason === "invalid_number",
  ...(backOff !== undefined && { backOff }),
});

const INVALID_DESTINATION = 0x0b;
/** ESME_RMSGQFUL and ESME_RTHROTTLED: a retry a second later can succeed. */
const BUSY = new Set([0x14, 0x58]);
/** Faults of the gateway itself: not bound, system error, temporary and permanent application errors, unknown error. */
const TROUBLE = new Set([0x04, 0x08, 0x64, 0x65, 0xff]);

function refusal(status: number): HandOver {
  if (status === INVALID_DESTINATION) return failed("invalid_number");
  if (BUSY.has(status)) return failed("throttled", 1);
  return failed(TROUBLE.has(status) ? "provider_down" : "rejected");
}

/** Returns the outcome of one submit; a refused bind is the account's fault until an operator changes it. */
function handOverOf(submitted: Submitted): HandOver {
  if (submitted.is === "unknown") return { status: "unknown" };
  if (submitted.is === "unsent") {
    if (submitted.why === "refused") return failed("rejected", "now");
    return submitted.why === "full" ? failed("throttled", 1) : failed("provider_down");
  }
  return submitted.status === 0 ? { status: "sent", ref: submitted.messageId || null } : refusal(submitted.status);
}

/** Returns the outcome of a text: sent when every part was accepted, with the id of the first; else its first failure. */
export function outcomeOf(parts: readonly Submitted[]): HandOver {
  const all = parts.map(handOverOf);
  const worst = all.find((one) => one.status === "failed") ?? all.find((one) => one.status === "unknown");
  return worst ?? all[0] ?? { status: "unknown" };
}
