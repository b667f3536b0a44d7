import type { NumberFacts, PhoneChannel } from "#lib/delivery/provider";
import { connectionNamed } from "#lib/delivery/provider-accounts/connections";
import { env } from "#lib/env";
import type { DeliveryError } from "#lib/errors";
import { log } from "#lib/log";

/** Maximum delay of a text by a look-up, in milliseconds (H13). */
const LOOKUP_MS = 1_000;

type Asked = {
  to: string;
  channel: PhoneChannel;
  /** While a number is being bound the look-up asks for its line type, afterwards for a SIM change. */
  binding: boolean;
  privileged: boolean;
};

/** Line types that get no code; ranges known from number metadata are refused at entry (FR-02). */
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
 * Returns why a number must not get a code now, or null: the hook of PSTN-06, active if the operator configured an account for look-ups (H13). A
 * SIM change within SIM_SWAP_HOURS withholds the code, and so does a failed look-up if NUMBER_LOOKUP_FAILS is `closed` or the account has a role.
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
  // Uses the machine's clock, because a SIM change happens in real time and not in the product's.
  if (!swapped || Date.now() - swapped.getTime() > SIM_SWAP_HOURS * 3_600_000) return null;
  log.error({ event: "number.at_risk", provider: NUMBER_LOOKUP, channel: asked.channel }, "a code was withheld after a change of SIM");
  return "number_at_risk";
}
