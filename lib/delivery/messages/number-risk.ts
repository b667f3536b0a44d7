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
  /** While a number is being bound the look-up asks for its line type, afterwards for what changed since. */
  binding: boolean;
  privileged: boolean;
  /** When the number was last proven. */
  verifiedAt: Date | null;
};

/** Line types that get no code; ranges known from number metadata are refused at entry (FR-02). */
const UNFIT = new Set(["voip", "toll_free", "premium", "pager", "other"]);

/** Returns the facts, or null without an answer. */
async function facts(name: string, { to, channel, binding, verifiedAt }: Asked): Promise<NumberFacts | null> {
  const ahead = { channel, verifiedAt: binding ? null : verifiedAt };
  const answer = async () => {
    const live = await connectionNamed(name);
    return (await live?.provider.lookup?.(to, binding ? "line" : "sim", AbortSignal.timeout(LOOKUP_MS), ahead)) ?? null;
  };
  const silence = new Promise<null>((resolve) => setTimeout(resolve, LOOKUP_MS + 100, null).unref());
  return Promise.race([answer().catch(() => null), silence]);
}

const isAnswered = (found: NumberFacts, { binding }: Asked): boolean =>
  found.answered ?? (binding ? found.lineType !== "unknown" : found.simSwappedAt !== undefined);

/**
 * Whether the SIM changed within SIM_SWAP_HOURS. A new contract and a number carried to another operator count as a change too, so one before the
 * number's own proof is none.
 */
function isSwapped({ simSwappedAt }: NumberFacts, { verifiedAt }: Asked): boolean {
  if (!simSwappedAt || (verifiedAt && simSwappedAt <= verifiedAt)) return false;
  // Uses the machine's clock, because a SIM change happens in real time and not in the product's.
  return Date.now() - simSwappedAt.getTime() <= env().SIM_SWAP_HOURS * 3_600_000;
}

/** Returns the reason against a code to this number, or null. */
function reasonIn(found: NumberFacts, asked: Asked): DeliveryError | null {
  if (found.forwarded && asked.channel === "VOICE") return "call_forwarded";
  if (asked.binding) {
    if (UNFIT.has(found.lineType)) return "rejected";
    return found.lineType === "landline" && asked.channel === "SMS" ? "landline" : null;
  }
  if (found.recycled) return "number_recycled";
  return isSwapped(found, asked) ? "number_at_risk" : null;
}

/**
 * Returns why a number must not get a code now, or null: the hook of PSTN-06, active if the operator configured an account for look-ups (H13). A
 * look-up without an answer withholds the code if NUMBER_LOOKUP_FAILS is `closed` or the account has a role.
 */
export async function riskOf(asked: Asked): Promise<DeliveryError | null> {
  const { NUMBER_LOOKUP, NUMBER_LOOKUP_FAILS } = env();
  if (!NUMBER_LOOKUP) return null;
  const found = await facts(NUMBER_LOOKUP, asked);
  const reason = found && reasonIn(found, asked);
  const about = { provider: NUMBER_LOOKUP, channel: asked.channel };
  if (reason) {
    log.error({ event: "number.at_risk", reason, ...about }, "a code was withheld for what a look-up told of its number");
    return reason;
  }
  if (found && isAnswered(found, asked)) return null;
  log.error({ event: "number.lookup_failed", ...about }, "a number could not be looked up");
  return asked.privileged || NUMBER_LOOKUP_FAILS === "closed" ? "provider_down" : null;
}
