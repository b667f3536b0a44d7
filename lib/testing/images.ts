/** The heads of images of a size, which no viewer shows but every reader of heads reads. */

const ascii = (text: string) => Buffer.from(text, "latin1");
const bigEndian = (value: number, bytes: number) => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
};

/** A PNG of this size without pixels. */
export const pngOf = (width: number, height: number): Buffer =>
  Buffer.concat([
    ascii("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"),
    bigEndian(width, 4),
    bigEndian(height, 4),
    Buffer.from([8, 6, 0, 0, 0, 0, 0, 0, 0]),
  ]);

/** A JPEG of this size with a JFIF segment before its frame. */
export const jpegOf = (width: number, height: number): Buffer =>
  Buffer.concat([
    Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]),
    ascii("JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
    Buffer.from([0xff, 0xc0, 0, 17, 8]),
    bigEndian(height, 2),
    bigEndian(width, 2),
    Buffer.alloc(16),
  ]);

/** A WebP of this size in one of its three forms. */
export function webpOf(form: "VP8 " | "VP8L" | "VP8X", width: number, height: number): Buffer {
  const bytes = Buffer.alloc(40);
  bytes.write("RIFF", 0, "latin1");
  bytes.write(`WEBP${form}`, 8, "latin1");
  if (form === "VP8 ") {
    bytes.write("\x9d\x01\x2a", 23, "latin1");
    bytes.writeUInt16LE(width, 26);
    bytes.writeUInt16LE(height, 28);
  } else if (form === "VP8L") {
    bytes[20] = 0x2f;
    bytes.writeUInt32LE((width - 1) | ((height - 1) << 14), 21);
  } else {
    bytes.writeUIntLE(width - 1, 24, 3);
    bytes.writeUIntLE(height - 1, 27, 3);
  }
  return bytes;
}
