/** Pure: which image a file is, from its bytes alone; its name and what a browser says of it count for nothing. */

export type ImageType = "image/png" | "image/jpeg" | "image/webp";

/** The type of an image and its size in pixels. */
export type Image = { type: ImageType; width: number; height: number };

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const says = (bytes: Uint8Array, at: number, text: string): boolean =>
  bytes.length >= at + text.length && [...text].every((char, index) => bytes[at + index] === char.charCodeAt(0));

/** PNG (ISO/IEC 15948): the size stands in IHDR, which is the first chunk. */
function png(bytes: Uint8Array): Image | null {
  if (!says(bytes, 0, "\x89PNG\r\n\x1a\n") || !says(bytes, 12, "IHDR") || bytes.length < 33) return null;
  return { type: "image/png", width: view(bytes).getUint32(16), height: view(bytes).getUint32(20) };
}

/** JPEG (ITU-T T.81): the size stands in the first frame header, SOF0 to SOF15 without DHT, JPG and DAC. */
function jpeg(bytes: Uint8Array): Image | null {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1] ?? 0;
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { type: "image/jpeg", width: view(bytes).getUint16(at + 7), height: view(bytes).getUint16(at + 5) };
    at += 2 + view(bytes).getUint16(at + 2);
  }
  return null;
}

/** WebP (RFC 9649): lossy, lossless, or the canvas of the extended form. */
function webp(bytes: Uint8Array): Image | null {
  if (!says(bytes, 0, "RIFF") || !says(bytes, 8, "WEBP") || bytes.length < 30) return null;
  const [type, data] = ["image/webp" as const, view(bytes)];
  const three = (at: number) => data.getUint16(at, true) + ((bytes[at + 2] ?? 0) << 16);
  if (says(bytes, 12, "VP8X")) return { type, width: three(24) + 1, height: three(27) + 1 };
  if (says(bytes, 12, "VP8 ") && says(bytes, 23, "\x9d\x01\x2a"))
    return { type, width: data.getUint16(26, true) & 0x3fff, height: data.getUint16(28, true) & 0x3fff };
  if (!says(bytes, 12, "VP8L") || bytes[20] !== 0x2f) return null;
  const bits = data.getUint32(21, true);
  return { type, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}

/** The image that these bytes begin, or null: SVG and everything else that may carry a script is none. */
export const imageOf = (bytes: Uint8Array): Image | null => png(bytes) ?? jpeg(bytes) ?? webp(bytes);
