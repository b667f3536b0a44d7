import type { Named } from "#lib/delivery/provider";

/** Matches the id of a receipt to a text although gateways write the same number in several bases. Pure. */

/** The base of the id in a receipt's text relative to the one in the answer; `auto` decides for each receipt. */
export const messageIds = ["auto", "same", "hex-then-decimal", "decimal-then-hex"] as const;
/** The base of `receipted_message_id`: as in the answer, as in the receipt's text, or decided for each receipt. */
export const tlvIds = ["auto", "answer", "receipt"] as const;

export type IdSettings = { messageIds: (typeof messageIds)[number]; tlvIds: (typeof tlvIds)[number] };

const DECIMAL = /^\d+$/;
const HEX = /^[0-9a-f]+$/;

/** Normalises an id for storage and comparison: hexadecimal digits (and UUIDs) in lower case without leading zeros; null if it is no valid id. */
export function idOf(written: string): string | null {
  if (!/^[\x21-\x7e]{1,64}$/.test(written)) return null;
  const lower = written.toLowerCase();
  if (HEX.test(lower)) return lower.replace(/^0+(?=.)/, "");
  return /^[0-9a-f-]+$/.test(lower) ? lower : written;
}

/** Returns true if an id cannot be decimal; a hexadecimal id may consist of digits only. */
export const isNotDecimal = (id: string): boolean => !DECIMAL.test(id);

const one = (name: string | null, sure: Named["sure"]): Named[] => (name === null ? [] : [{ name, sure }]);
/** Converts a decimal id to hexadecimal, and back. */
const hexOf = (id: string) => (DECIMAL.test(id) ? BigInt(id).toString(16) : null);
const decimalOf = (id: string) => (HEX.test(id) ? BigInt(`0x${id}`).toString() : null);

/**
 * Returns every answer that an id may refer to while its base is unknown. `hexAnswers`: an answer of the gateway contained a letter, so none is
 * decimal.
 */
function anyBase(id: string, hexAnswers: boolean): Named[] {
  const same = one(id, isNotDecimal(id) ? "yes" : hexAnswers ? "no" : "likely");
  return [...same, ...one(hexOf(id), "no"), ...(hexAnswers ? [] : one(decimalOf(id), "no"))];
}

function inText(id: string, { messageIds: written }: IdSettings, hexAnswers: boolean): Named[] {
  if (written === "auto") return anyBase(id, hexAnswers);
  return one(written === "same" ? id : written === "hex-then-decimal" ? hexOf(id) : decimalOf(id), "yes");
}

function inTlv(id: string, settings: IdSettings, hexAnswers: boolean): Named[] {
  const { messageIds: written, tlvIds: as } = settings;
  if (as === "answer" || (as === "auto" && written === "same")) return one(id, "yes");
  if (as === "receipt") return inText(id, settings, hexAnswers);
  if (written === "auto") return anyBase(id, hexAnswers);
  // The setting allows two bases, and an id of digits only does not tell which one applies.
  const letters = isNotDecimal(id);
  if (written === "hex-then-decimal") return letters ? one(id, "yes") : [...one(id, "no"), ...one(hexOf(id), "no")];
  return letters ? one(decimalOf(id), "yes") : [...one(id, "no"), ...one(decimalOf(id), "no")];
}

/**
 * Returns the possible ids of the text that a receipt is about: one list, or two if the optional parameter and the text share none; null if neither
 * has an id. Bases under which both fields name the same single text are accepted.
 */
export function namesOfReceipt(written: { tlv: string; text: string }, settings: IdSettings, hexAnswers: boolean): Named[][] | null {
  const [tlv, text] = [idOf(written.tlv), idOf(written.text)];
  const lists = [tlv ? inTlv(tlv, settings, hexAnswers) : [], text ? inText(text, settings, hexAnswers) : []] as const;
  const [first, second] = lists;
  if (first.length === 0 || second.length === 0) {
    const only = first.length > 0 ? first : second;
    return only.length > 0 ? [only] : null;
  }
  const both = first.filter(({ name }) => second.some((other) => other.name === name));
  if (both.length === 0) return [first, second];
  if (both.length === 1) return [both.map(({ name }) => ({ name, sure: "yes" }))];
  return [both];
}
