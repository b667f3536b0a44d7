import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode, encode, isResponse, type Pdu, type PduCommand } from "#lib/delivery/providers/smpp/pdu";

const header = (id: number, status = 0, body = Buffer.alloc(0)) => {
  const octets = Buffer.concat([Buffer.alloc(16), body]);
  [octets.length, id, status, 9].forEach((value, index) => void octets.writeUInt32BE(value, index * 4));
  return octets;
};
const ids = fc.oneof(
  fc.constantFrom(1, 2, 4, 5, 6, 9, 0x15, 0x102, 0x103, 0x80000000, 0x80000002, 0x80000004, 0x80000005, 0x80000009, 0x80000015),
  fc.nat(0xffffffff),
);
const body = fc.uint8Array({ maxLength: 300 }).map((octets) => Buffer.from(octets));

describe("PDUs of SMPP", () => {
  it("are read or called unreadable, never anything else, whatever arrives", () =>
    fc.assert(
      fc.property(ids, fc.nat(0xffffffff), body, (id, status, octets) => {
        const pdu = decode(header(id, status, octets));
        expect(pdu.sequence).toBe(9);
        expect(pdu.status).toBe(status);
        expect(isResponse(pdu)).toBe(id >= 0x80000000);
      }),
      { numRuns: 2000 },
    ));

  it("that are cut off are unreadable requests, and answers that end early are answers all the same", () => {
    const deliver = Buffer.from("\0\x01\x01819012345678\0\x02\x0100051234\0\x04\0\0\0\0\0\0\0\0\x03abc", "latin1");
    expect(decode(header(5, 0, deliver))).toMatchObject({ command: "deliver_sm", message: Buffer.from("abc") });
    for (let end = 0; end < deliver.length; end += 1)
      expect(decode(header(5, 0, deliver.subarray(0, end)))).toEqual({ command: null, known: true, id: 5, status: 0, sequence: 9 });
    expect(decode(header(0x80000004, 0x58))).toMatchObject({ command: "submit_sm_resp", status: 0x58, messageId: "" });
    expect(decode(header(0x80000004, 0, Buffer.from("id")))).toMatchObject({ command: "submit_sm_resp", messageId: "id" });
    expect(decode(header(0x80000009, 0x0e))).toMatchObject({ command: "bind_transceiver_resp", systemId: "" });
  });

  it("keep what came before an optional parameter that does not end where it says", () => {
    const deliver = Buffer.from("\0\0\0\0\0\0\0\x04\0\0\0\0\0\0\0\0\0\x04\x27\0\x01\x02\x00\x1e\xff\xffid", "latin1");
    expect(decode(header(5, 0, deliver))).toMatchObject({ command: "deliver_sm", tlvs: { messageState: Buffer.of(2) } });
  });

  it.each<[string, Record<string, unknown>]>([
    ["a NUL inside", { source: "0005\x001234" }],
    ["more characters than there is room for", { destination: "8".repeat(21) }],
    ["letters of another alphabet", { source: "関所" }],
    ["more octets than one can count", { message: Buffer.alloc(255) }],
  ])("refuse to be written with %s", (_, over) => {
    const empty = { serviceType: "", source: "", destination: "", scheduled: "", validity: "", message: Buffer.alloc(0) };
    const numbers = "sourceTon sourceNpi destinationTon destinationNpi esmClass protocolId priority registeredDelivery replaceIfPresent";
    const zeros = Object.fromEntries([...numbers.split(" "), "dataCoding", "defaultMessageId"].map((name) => [name, 0]));
    const pdu = { command: "submit_sm" satisfies PduCommand, status: 0, sequence: 1, ...empty, ...zeros };
    expect(encode(pdu as unknown as Pdu)).toHaveLength(33);
    expect(() => encode({ ...pdu, ...over } as unknown as Pdu)).toThrow(RangeError);
  });
});
