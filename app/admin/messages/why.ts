import type { LogLine } from "#lib/console/messages";
import { fill } from "#lib/words/fill";
import type { Words } from "#lib/words/ja";
import { reasonOf } from "#lib/words/reason";

type WhyWords = Pick<Words, "consoleMessages" | "deliveryReasons" | "reasonsWithCall" | "reasonsOfCall">;

/** Seconds after which a receipt that did not come is said to be missing. */
const SILENT = 600;

/** Why a message stands where it does, in the sentences that its person reads; null where there is nothing to explain. */
export function whyOf({ channel, status, reason, held, waiting, providers }: LogLine, words: WhyWords): string | null {
  const { consoleMessages: own } = words;
  if (held && status === "failed") return own.held;
  if (status === "queued") return own.queued;
  if (status === "sent" && channel === "email") return own.mailed;
  if (status === "sent")
    return (waiting ?? 0) > SILENT ? own.silent : fill(own.waiting, { seconds: Math.max(0, Math.round(waiting ?? 0)) });
  if (status === "delivered") return providers.length > 1 ? fill(own.failover, { count: providers.length }) : null;
  return reasonOf(reason ?? "unknown", { voice: channel === "voice", calls: false }, words);
}

/** The name of a carrier as a receipt wrote it, or the usual one. */
export const carrierName = (carrier: string, names: Words["consoleCarriers"]): string => {
  const key = carrier.toLowerCase();
  return Object.hasOwn(names, key) ? names[key as keyof typeof names] : carrier;
};

/** Where a message went, masked. */
export function addresseeOf({ channel, digits, address }: LogLine, words: Words["consoleMessages"]): string {
  if (channel === "email") return address ?? words.none;
  return digits === null ? words.gone : fill(words.digits, { digits });
}
