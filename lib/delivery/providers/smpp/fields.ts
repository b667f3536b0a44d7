/** Fields of SMPP 3.4 (3.1), to and from bytes. Pure. */

/** `patient` reads missing fields of a response as empty: gateways end a refusal after its header, although 4.4.2 requires at least a NUL. */
export type Reader = { octets: Buffer; at: number; patient: boolean };
export type PduField<T> = { read(from: Reader): T; write(value: T): Buffer };

/** Thrown for a body that does not match its command. */
export class UnreadablePdu extends Error {}

/** Returns the next `length` octets. */
export function takeOctets(from: Reader, length: number): Buffer {
  if (from.at + length > from.octets.length) throw new UnreadablePdu();
  from.at += length;
  return from.octets.subarray(from.at - length, from.at);
}

export const octet: PduField<number> = { read: (from) => takeOctets(from, 1).readUInt8(), write: (value) => Buffer.of(value) };

/** A C-octet string; `longest` counts its NUL like the standard. The limit applies to written values only, because gateways send longer ones. */
export const textField = (longest: number): PduField<string> => ({
  read(from) {
    const end = from.octets.indexOf(0, from.at);
    if (end < 0 && !from.patient) throw new UnreadablePdu();
    const value = takeOctets(from, (end < 0 ? from.octets.length : end) - from.at).toString("latin1");
    if (end >= 0) from.at += 1;
    return value;
  },
  write(value) {
    const octets = Buffer.from(`${value}\0`, "latin1");
    if (octets.length > longest || octets.indexOf(0) !== value.length || octets.toString("latin1") !== `${value}\0`)
      throw new RangeError("a text that does not fit its field");
    return octets;
  },
});

/** `sm_length` and `short_message`. */
export const messageField: PduField<Buffer> = {
  read: (from) => takeOctets(from, octet.read(from)),
  write(value) {
    if (value.length > 254) throw new RangeError("a short message of more than 254 octets");
    return Buffer.concat([octet.write(value.length), value]);
  },
};
