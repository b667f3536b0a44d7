/** Pure: what a text costs on the network (3GPP 23.038, 23.040). */

const GSM7 = /^[A-Za-z0-9 \n\r@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ!"#¤%&'()*+,\-./:;<=>?¡ÄÖÑÜ§¿äöñüà]*$/;

/** Units one segment holds: 160 characters of plain GSM-7, 70 UTF-16 units of anything else. */
export const segmentOf = (text: string): number => (GSM7.test(text) ? 160 : 70);

/** How many segments a text takes: a text of several loses seven GSM-7 characters or three UTF-16 units of each to their header. */
export function segmentsOf(text: string): number {
  const one = segmentOf(text);
  if (text.length <= one) return 1;
  return Math.ceil(text.length / (one === 160 ? 153 : 67));
}
