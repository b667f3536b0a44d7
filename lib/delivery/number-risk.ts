import { connectionNamed } from "#lib/delivery/connections";
import type { NumberFacts, PhoneChannel } from "#lib/delivery/provider";
import { env } from "#lib/env";
import type { DeliveryError } from "#lib/errors";
import { log } from "#lib/log";

/** The longest a look-up may hold up a text, in milliseconds (H13). */
const LOOKUP_MS = 1_000;

type Asked = {
  to: string;
  channel: PhoneChannel;
  /** The number is being bound: what kind of line it is. A bound one: whether its SIM is still the same. */
  binding: boolean;
  privileged: boolean;
};

/** Lines that no code may go to; what the metadata of numbers knows was refused when the number was entered (FR-02). */
const UNFIT = new Set(["voip", "toll_free", "premium", "pager", "other"]);

async function facts(name: string, asked: Asked): Promise<NumberFacts | null> {
  const answer = async () => {
    const live = await connectionNamed(name);
    return (await live?.provider.lookup?.(asked.to, asked.binding ? "line" : "sim", AbortSignal.timeout(LOOKUP_MS))) ?? null;
  };
  const silence = new Promise<null>((resolve) => setTimeout(resolve, LOOKUP_MS + 100, null).unref());
  const found = await Promise.race([answer().catch(() => null), silence]);
  if (!found) return null;
  const known = asked.binding ? found.lineType !== "unknown" : found.simSwappedAt !== undefined;
  return known ? found : null;
}

/**
 * Why a code must not go to this number now, or null: the hook of PSTN-06, asked before each text or call where an operator named an account
 * for it. A SIM that changed within SIM_SWAP_HOURS withholds every code. No answer within a second sends all the same, with an alert,
 * unless NUMBER_LOOKUP_FAILS says otherwise or the account has a role (H13).
 */
export async function riskOf(asked: Asked): Promise<DeliveryError | null> {
  const { NUMBER_LOOKUP, NUMBER_LOOKUP_FAILS, SIM_SWAP_HOURS } = env();
  if (!NUMBER_LOOKUP) return null;
  const found = await facts(NUMBER_LOOKUP, asked);
  if (!found) {
    log.error({ event: "number.lookup_failed", provider: NUMBER_LOOKUP, channel: asked.channel }, "a number could not be looked up");
    return asked.privileged || NUMBER_LOOKUP_FAILS === "closed" ? "provider_down" : null;
  }
  if (asked.binding) {
    if (UNFIT.has(found.lineType)) return "rejected";
    return found.lineType === "landline" && asked.channel === "SMS" ? "landline" : null;
  }
  const swapped = found.simSwappedAt;
  // By the machine's clock: the answer is about the world, not about the product's time.
  if (!swapped || Date.now() - swapped.getTime() > SIM_SWAP_HOURS * 3_600_000) return null;
  log.error({ event: "number.at_risk", provider: NUMBER_LOOKUP, channel: asked.channel }, "a code was withheld after a change of SIM");
  return "number_at_risk";
}
