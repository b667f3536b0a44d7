import type { Named } from "#lib/delivery/provider";

/** Which text an id of a receipt names, where a gateway writes one number in several bases. Pure. */

/** How the id in a receipt's text is written, compared with the one in the answer; `auto` decides for each receipt. */
export const messageIds = ["auto", "same", "hex-then-decimal", "decimal-then-hex"] as const;
/** How `receipted_message_id` is written: as in the answer, as in the receipt's text, or decided for each receipt. */
export const tlvIds = ["auto", "answer", "receipt"] as const;

export type IdSettings = { messageIds: (typeof messageIds)[number]; tlvIds: (typeof tlvIds)[number] };

const DECIMAL = /^\d+$/;
const HEX = /^[0-9a-f]+$/;

/** An id as it is stored and compared: hexadecimal digits (and UUIDs) in lower case without leading zeros; null where no gateway writes one so. */
export function idOf(written: string): string | null {
  if (!/^[\x21-\x7e]{1,64}$/.test(written)) return null;
  const lower = written.toLowerCase();
  if (HEX.test(lower)) return lower.replace(/^0+(?=.)/, "");
  return /^[0-9a-f-]+$/.test(lower) ? lower : written;
}

/** Whether an id is surely not written in decimal; a hexadecimal one may look as if it were. */
export const isNotDecimal = (id: string): boolean => !DECIMAL.test(id);

const one = (name: string | null, sure: Named["sure"]): Named[] => (name === null ? [] : [{ name, sure }]);
/** The hexadecimal answer of an id written in decimal, and the other way round. */
const hexOf = (id: string) => (DECIMAL.test(id) ? BigInt(id).toString(16) : null);
const decimalOf = (id: string) => (HEX.test(id) ? BigInt(`0x${id}`).toString() : null);

/** Every answer an id may stand for while no base is known. `hexAnswers`: an answer of the gateway had a letter, so none is decimal. */
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
  // One of the two bases that the setting names, and digits alone do not say which.
  const letters = isNotDecimal(id);
  if (written === "hex-then-decimal") return letters ? one(id, "yes") : [...one(id, "no"), ...one(hexOf(id), "no")];
  return letters ? one(decimalOf(id), "yes") : [...one(id, "no"), ...one(decimalOf(id), "no")];
}

/**
 * The names of texts that a receipt may mean: one list, or two where the optional parameter and the text agree on none. Bases that
 * make both fields name the same single text are believed. Null where neither field holds an id.
 */
export function namesIn(written: { tlv: string; text: string }, settings: IdSettings, hexAnswers: boolean): Named[][] | null {
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
