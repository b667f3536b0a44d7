import { type CountryCode, parsePhoneNumberFromString } from "libphonenumber-js/max";
import type { NumberReason } from "#lib/errors";
import { fail, ok, type Result } from "#lib/result";

/** A number that may be called or texted. */
export type PhoneNumber = { e164: string; country: CountryCode; landline: boolean };

/** Separators between the digits of a number: spaces, hyphens and dashes of every kind, tildes, dots, slashes, the long-vowel mark. */
const SEPARATOR = /[\s\p{Pd}~\u223c\u301c\u2212\u2500\u2501\u30fc\u30fb\u00b7\u2022./,_]/u;
const OPENING = "([{\u3014";
const CLOSING = ")]}\u3015";
/** Maximum number of separators between two digits: `) - `. */
const GAP = 4;

/**
 * Normalises typed text to ASCII digits: converts full-width and other digits and removes zero-width and direction marks, labels and a final full
 * stop.
 */
function normaliseTyped(typed: string): string {
  return typed
    .normalize("NFKC")
    .replace(/\p{Nd}/gu, (digit) => String(decimalValue(digit)))
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, "")
    .trim()
    .replace(/^(?:tel|phone|mobile|電話(?:番号)?|携帯(?:電話)?(?:番号)?)\s*[:.]?\s*/i, "")
    .replace(/[\u3002.,\u3001]$/, "")
    .trim();
}

/** Returns the digits of a number with its plus, or null if it contains any other character. */
function digitsOf(text: string): string | null {
  let [digits, gap, open] = ["", 0, ""];
  for (const char of text) {
    if (/[0-9]/.test(char)) [digits, gap] = [digits + char, 0];
    else if (char === "+" && digits === "") digits = "+";
    else if (OPENING.includes(char) && open === "") [open, gap] = [char, gap + 1];
    else if (CLOSING.includes(char) && OPENING.indexOf(open) === CLOSING.indexOf(char) && open !== "" && /[0-9]/.test(digits))
      [open, gap] = ["", gap + 1];
    else if (SEPARATOR.test(char) && digits !== "") gap += 1;
    else return null;
    if (gap > GAP) return null;
  }
  // It must end in a digit or in the bracket around its last digits.
  const last = text.at(-1) ?? "";
  return open === "" && (/[0-9]/.test(last) || CLOSING.includes(last)) ? digits : null;
}

/** Decimal digits of Unicode come in runs of ten that start at a code point whose value is 0. */
function decimalValue(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return (code - zero) % 10;
}

/** Country calling codes that are no country: satellites, international networks, shared and premium services (FR-02). */
const NO_COUNTRY = /^\+(?:870|878|881|882|883|888|979|800|808)/;

const voip = new Set(["VOIP"]);
const premium = new Set(["PREMIUM_RATE", "SHARED_COST", "UAN", "PAGER", "PERSONAL_NUMBER", "VOICEMAIL", "TOLL_FREE"]);

/** An IDD prefix written out: 0081…, and Japan's own 010 81…; libphonenumber would read the former as a number of its own. */
const withPlus = (digits: string) => digits.replace(/^(?:00|010)(?=[1-9]\d{7,14}$)/, "+");

/** `+81 0 90…`: the national zero kept behind the country code is a common spelling of the same number (PH-01). */
const dropTrunkZero = (digits: string) => digits.replace(/^\+81\(?0\)?(?=[1-9])/, "+81");

/**
 * Reads a number in any spelling (Japan by default) and refuses what must never be sent to:
 * not valid, outside the allowed countries, premium, shared, virtual or satellite ranges.
 */
export function parseNumber(typed: string, allowed: readonly string[]): Result<PhoneNumber, NumberReason> {
  if (typed.length > 64) return fail("invalid");
  const digits = digitsOf(normaliseTyped(typed));
  const text = digits && dropTrunkZero(withPlus(digits));
  if (!text || !/^\+?[0-9]{3,17}$/.test(text)) return fail("invalid");
  if (NO_COUNTRY.test(text)) return fail("premium");
  const parsed = parsePhoneNumberFromString(text, { defaultCountry: "JP", extract: false });
  if (!parsed?.isValid() || parsed.ext || !parsed.country) return fail("invalid");
  return judge(parsed.number, parsed.country, parsed.getType(), allowed);
}

function judge(
  e164: string,
  country: CountryCode,
  type: string | undefined,
  allowed: readonly string[],
): Result<PhoneNumber, NumberReason> {
  if (!allowed.includes(country)) return fail("country_not_allowed");
  if (type && voip.has(type)) return fail("voip");
  if (!type || premium.has(type)) return fail("premium");
  // 020 is machine-to-machine in Japan; the metadata calls it pager or nothing, and some versions mobile.
  if (country === "JP" && e164.startsWith("+8120")) return fail("premium");
  return ok({ e164, country, landline: type === "FIXED_LINE" });
}

/** The last digits a person may see: four when signed in, two before (PH-06). */
export const lastDigits = (e164: string, count: 2 | 4): string => e164.slice(-count);

/** The ISO country of a stored number, resolved by area where a calling code is shared (+1); `ZZ` when unknown. */
export const numberCountry = (e164: string): string => parsePhoneNumberFromString(e164)?.country ?? "ZZ";
