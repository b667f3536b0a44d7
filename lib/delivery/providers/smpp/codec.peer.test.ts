import fc from "fast-check";
import { expect, it } from "vitest";
import { sourceOf } from "#lib/delivery/providers/smpp/addresses";
import { decode, encode, type Pdu, type PduCommand, type Tlvs } from "#lib/delivery/providers/smpp/pdu";
import { submitOf } from "#lib/delivery/providers/smpp/submit";
import { partsOf } from "#lib/delivery/providers/smpp/text";
import { vendor, withPeers } from "../../../../scripts/test/peer.ts";

/** The used part of npm's `smpp`: values by the standard's names. */
type Values = Record<string, unknown>;
type Theirs = { PDU: new (command: string | Buffer, values?: Values) => Values & { toBuffer(): Buffer } };

const names = {
  systemId: "system_id",
  password: "password",
  systemType: "system_type",
  interfaceVersion: "interface_version",
  addressTon: "addr_ton",
  addressNpi: "addr_npi",
  addressRange: "address_range",
  serviceType: "service_type",
  sourceTon: "source_addr_ton",
  sourceNpi: "source_addr_npi",
  source: "source_addr",
  destinationTon: "dest_addr_ton",
  destinationNpi: "dest_addr_npi",
  destination: "destination_addr",
  esmClass: "esm_class",
  protocolId: "protocol_id",
  priority: "priority_flag",
  scheduled: "schedule_delivery_time",
  validity: "validity_period",
  registeredDelivery: "registered_delivery",
  replaceIfPresent: "replace_if_present_flag",
  dataCoding: "data_coding",
  defaultMessageId: "sm_default_msg_id",
  messageId: "message_id",
  message: "short_message",
} as Record<string, string>;

const ascii = (longest: number) => fc.stringMatching(new RegExp(`^[\\x01-\\x7e]{0,${longest}}$`));
const octet = fc.integer({ min: 0, max: 255 });
const octets = (longest: number) => fc.uint8Array({ maxLength: longest }).map((value) => Buffer.from(value));
const bind = {
  systemId: ascii(15),
  password: ascii(8),
  systemType: ascii(12),
  interfaceVersion: octet,
  addressTon: octet,
  addressNpi: octet,
  addressRange: ascii(40),
};
const short = {
  serviceType: ascii(5),
  sourceTon: octet,
  sourceNpi: octet,
  source: ascii(20),
  destinationTon: octet,
  destinationNpi: octet,
  destination: ascii(20),
  esmClass: octet,
  protocolId: octet,
  priority: octet,
  scheduled: fc.stringMatching(/^(\d{15}[R+-])?$/),
  validity: fc.stringMatching(/^(\d{15}[R+-])?$/),
  registeredDelivery: octet,
  replaceIfPresent: octet,
  dataCoding: octet,
  defaultMessageId: octet,
  message: octets(254),
};
const data = {
  serviceType: ascii(5),
  sourceTon: octet,
  sourceNpi: octet,
  source: ascii(64),
  destinationTon: octet,
  destinationNpi: octet,
  destination: ascii(64),
  esmClass: octet,
  registeredDelivery: octet,
  dataCoding: octet,
};
const named = { messageId: ascii(64) };
const bodies: Record<PduCommand, Record<string, fc.Arbitrary<unknown>>> = {
  generic_nack: {},
  bind_transmitter: bind,
  bind_transceiver: bind,
  bind_transmitter_resp: { systemId: ascii(15) },
  bind_transceiver_resp: { systemId: ascii(15) },
  submit_sm: short,
  deliver_sm: short,
  submit_sm_resp: named,
  deliver_sm_resp: named,
  data_sm: data,
  data_sm_resp: named,
  unbind: {},
  unbind_resp: {},
  enquire_link: {},
  enquire_link_resp: {},
};
const tlvs = fc.record(
  {
    receiptedMessageId: ascii(64).map((value) => Buffer.from(`${value}\0`, "latin1")),
    messageState: octet.map((value) => Buffer.of(value)),
    networkErrorCode: fc.uint8Array({ minLength: 3, maxLength: 3 }).map((value) => Buffer.from(value)),
    messagePayload: octets(2000),
  },
  { requiredKeys: [] },
);
const pdus = fc.oneof(
  ...(Object.keys(bodies) as PduCommand[]).map((command) =>
    fc.record({
      command: fc.constant(command),
      status: fc.constant(0),
      sequence: fc.integer({ min: 1, max: 0x7fffffff }),
      ...bodies[command],
      tlvs: command === "deliver_sm" || command === "data_sm" ? tlvs : fc.constant({}),
    }),
  ),
) as unknown as fc.Arbitrary<Pdu>;

/** Converts the values to the other codec's names. */
function translated({ command: _, status, sequence, tlvs: more = {}, ...fields }: Pdu): Values {
  const { receiptedMessageId, messageState, networkErrorCode, messagePayload }: Tlvs = more;
  return {
    command_status: status,
    sequence_number: sequence,
    ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [names[name], value])),
    ...(receiptedMessageId && { receipted_message_id: receiptedMessageId.toString("latin1", 0, receiptedMessageId.length - 1) }),
    ...(messageState && { message_state: messageState.readUInt8() }),
    ...(networkErrorCode && { network_error_code: networkErrorCode }),
    ...(messagePayload && { message_payload: messagePayload }),
  };
}
/** Puts optional parameters into a fixed order. */
const sorted = ({ receiptedMessageId: a, messageState: b, networkErrorCode: c, messagePayload: d }: Tlvs): Tlvs => ({
  ...(a && { receiptedMessageId: a }),
  ...(b && { messageState: b }),
  ...(c && { networkErrorCode: c }),
  ...(d && { messagePayload: d }),
});

withPeers(["npm"], "SMPP, octet by octet as npm's smpp writes and reads it", () => {
  const { PDU } = vendor<Theirs>("smpp");

  it("writes every PDU in the same octets, and reads theirs back to the same values", () =>
    fc.assert(
      fc.property(pdus, (pdu) => {
        const own = { ...pdu, tlvs: sorted(pdu.tlvs ?? {}) } as Pdu;
        const theirs = new PDU(pdu.command, translated(own)).toBuffer();
        expect(encode(own).toString("hex")).toBe(theirs.toString("hex"));
        expect(decode(theirs)).toEqual(own);
      }),
      { numRuns: 2000 },
    ));

  it("writes texts that they read back to the letter, long ones from their parts", () =>
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 300 }), octet, (text, reference) => {
        const source = sourceOf("00051234");
        if (!source.ok) throw new Error("unreachable");
        const destination = { destinationTon: 1, destinationNpi: 1, destination: "819012345678" };
        const parts = partsOf(text, reference).map((part, index) => {
          const submit = submitOf(part, source.value, destination, 600, true);
          return new PDU(encode({ ...submit, status: 0, sequence: index + 1 }));
        });
        const messages = parts.map((part) => part.short_message as { udh?: Buffer[]; message: string });
        expect(messages.map(({ message }) => message).join("")).toBe(text);
        if (parts.length > 1)
          expect(messages.map(({ udh }) => udh?.map((one) => one.toString("hex")))).toEqual(
            parts.map((_, index) => [Buffer.of(0, 3, reference, parts.length, index + 1).toString("hex")]),
          );
      }),
      { numRuns: 500 },
    ));
});
