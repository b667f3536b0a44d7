import type { DeliveryError } from "#lib/errors";
import type { Words } from "#lib/words/ja";

/** The explanations for a message that did not arrive. */
export type ReasonWords = Pick<Words, "deliveryReasons" | "reasonsWithCall" | "reasonsOfCall">;

const find = (words: Partial<Record<DeliveryError, string>>, reason: DeliveryError) => words[reason];

/** Returns why a message did not arrive: for a call the reasons of calls, for a text with the advice to take a call only if one is offered. */
export function reasonOf(reason: DeliveryError, { voice, calls }: { voice: boolean; calls: boolean }, words: ReasonWords): string {
  const own = voice ? find(words.reasonsOfCall, reason) : calls ? find(words.reasonsWithCall, reason) : undefined;
  return own ?? words.deliveryReasons[reason];
}
