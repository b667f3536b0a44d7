import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { framing, LONGEST } from "#lib/delivery/providers/smpp/frames";

const frame = (length: number, fill = 7) => {
  const octets = Buffer.alloc(length, fill);
  octets.writeUInt32BE(length);
  return octets;
};
const frames = fc
  .array(fc.integer({ min: 16, max: 400 }), { maxLength: 20 })
  .map((lengths) => lengths.map((length, index) => frame(length, index)));

describe("Frames of SMPP", () => {
  it("come out of a stream as they went in, however it is cut", () =>
    fc.assert(
      fc.property(frames, fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (sent, cuts) => {
        const take = framing();
        const stream = Buffer.concat(sent);
        const found: Buffer[] = [];
        for (let at = 0, turn = 0; at < stream.length; turn += 1) {
          const size = cuts[turn % cuts.length] ?? 1;
          found.push(...(take(stream.subarray(at, at + size)) ?? []));
          at += size;
        }
        expect(found).toEqual(sent);
      }),
    ));

  it.each([0, 1, 15, LONGEST + 1, 0x7fffffff, 0xffffffff])("of %i octets cannot be: the stream is given up", (length) => {
    const octets = Buffer.alloc(64);
    octets.writeUInt32BE(length);
    expect(framing()(octets)).toBeNull();
    // Rejected from the length alone, without waiting for the rest.
    expect(framing()(octets.subarray(0, 4))).toBeNull();
  });

  it("of the longest kind are taken, and nothing comes of one that never ends", () => {
    expect(framing()(frame(LONGEST))).toHaveLength(1);
    const take = framing();
    const unfinished = frame(LONGEST).subarray(0, LONGEST - 1);
    expect([...unfinished].some((octet) => take(Buffer.of(octet))?.length !== 0)).toBe(false);
  });
});
