/** Encodes a text as short messages (3GPP 23.038, 23.040). Pure. */

/** One short message: its text in `dataCoding`, after a user data header if `esmClass` says so. */
export type Part = { esmClass: number; dataCoding: number; message: Buffer };

/** GSM 7-bit default alphabet (3GPP 23.038 6.2.1) in octet order; the escape octet is no character. */
const GSM =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const ESCAPE = 0x1b;

const UCS2 = { dataCoding: 8, single: 70, each: 67, encode: (text: string) => Buffer.from(text, "utf16le").swap16() };
const GSM7 = { dataCoding: 0, single: 160, each: 153, encode: (text: string) => Buffer.from([...text].map((one) => GSM.indexOf(one))) };

const isGsm = (text: string) => GSM7.encode(text).every((octet) => octet < GSM.length && octet !== ESCAPE);

const UDH_INDICATOR = 0x40;
const LEAD_SURROGATE = /[\ud800-\udbff]$/;

function pieces(text: string, longest: number): string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length; ) {
    const piece = text.slice(at, at + longest);
    // Some phones decode parts before they join them, so a surrogate pair must not be split.
    const whole = piece.length === longest && at + longest < text.length && LEAD_SURROGATE.test(piece) ? piece.slice(0, -1) : piece;
    found.push(whole);
    at += whole.length;
  }
  return found;
}

/**
 * Splits a text into short messages: UCS-2, which all gateways read alike, or GSM 7-bit if that is the gateway's known alphabet (`gsm7`) and
 * contains every character. The phone joins the parts of a long text by `reference` (0 to 255).
 */
export function partsOf(text: string, reference: number, gsm7 = false): Part[] {
  const { dataCoding, single, each, encode } = gsm7 && isGsm(text) ? GSM7 : UCS2;
  if (text.length <= single) return [{ esmClass: 0, dataCoding, message: encode(text) }];
  const all = pieces(text, each);
  if (all.length > 255) throw new RangeError("a text of more than 255 parts");
  return all.map((piece, index) => {
    const header = Buffer.of(5, 0, 3, reference, all.length, index + 1);
    return { esmClass: UDH_INDICATOR, dataCoding, message: Buffer.concat([header, encode(piece)]) };
  });
}
