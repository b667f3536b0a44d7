/** Pure: the number of segments of a text (3GPP 23.038, 23.040). */

const GSM7 = /^[A-Za-z0-9 \n\r@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ!"#¤%&'()*+,\-./:;<=>?¡ÄÖÑÜ§¿äöñüà]*$/;

/** Units of one segment: 160 characters of plain GSM-7, 70 UTF-16 units of any other text. */
const segmentOf = (text: string): number => (GSM7.test(text) ? 160 : 70);

/** Returns the number of segments; in a multi-part text the header takes seven GSM-7 characters or three UTF-16 units of each. */
export function segmentsOf(text: string): number {
  const one = segmentOf(text);
  if (text.length <= one) return 1;
  return Math.ceil(text.length / (one === 160 ? 153 : 67));
}
