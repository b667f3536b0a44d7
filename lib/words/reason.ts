import type { DeliveryError } from "#lib/errors";
import type { Words } from "#lib/words/ja";

/** The words of why a message did not arrive. */
export type ReasonWords = Pick<Words, "deliveryReasons" | "reasonsWithCall" | "reasonsOfCall">;

const find = (words: Partial<Record<DeliveryError, string>>, reason: DeliveryError) => words[reason];

/** Why a message did not arrive: of a call what concerns calls, of a text with the advice to take a call only where one is offered. */
export function reasonOf(reason: DeliveryError, { voice, calls }: { voice: boolean; calls: boolean }, words: ReasonWords): string {
  const own = voice ? find(words.reasonsOfCall, reason) : calls ? find(words.reasonsWithCall, reason) : undefined;
  return own ?? words.deliveryReasons[reason];
}
