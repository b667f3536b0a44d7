import { messageField, octet, type PduField, type Reader, takeOctets, textField, UnreadablePdu } from "#lib/delivery/providers/smpp/fields";

/** Encodes and decodes the PDUs of SMPP 3.4 that a sender needs: strict when writing, tolerant when reading. Pure. */

/** The standard allows 15 and 8 characters, but some gateways use longer credentials. */
const credential = textField(65);

const bind = {
  systemId: credential,
  password: credential,
  systemType: textField(13),
  interfaceVersion: octet,
  addressTon: octet,
  addressNpi: octet,
  addressRange: textField(41),
};
const bound = { systemId: credential };
const short = {
  serviceType: textField(6),
  sourceTon: octet,
  sourceNpi: octet,
  source: textField(21),
  destinationTon: octet,
  destinationNpi: octet,
  destination: textField(21),
  esmClass: octet,
  protocolId: octet,
  priority: octet,
  scheduled: textField(17),
  validity: textField(17),
  registeredDelivery: octet,
  replaceIfPresent: octet,
  dataCoding: octet,
  defaultMessageId: octet,
  message: messageField,
};
/** A text in `message_payload` alone; some gateways send receipts this way. */
const data = {
  serviceType: textField(6),
  sourceTon: octet,
  sourceNpi: octet,
  source: textField(65),
  destinationTon: octet,
  destinationNpi: octet,
  destination: textField(65),
  esmClass: octet,
  registeredDelivery: octet,
  dataCoding: octet,
};
const named = { messageId: textField(65) };

/** Every command with its id (5.1.2.1) and its fields in order. */
const commands = {
  generic_nack: [0x80000000, {}],
  bind_transmitter: [0x00000002, bind],
  bind_transmitter_resp: [0x80000002, bound],
  bind_transceiver: [0x00000009, bind],
  bind_transceiver_resp: [0x80000009, bound],
  submit_sm: [0x00000004, short],
  submit_sm_resp: [0x80000004, named],
  deliver_sm: [0x00000005, short],
  deliver_sm_resp: [0x80000005, named],
  data_sm: [0x00000103, data],
  data_sm_resp: [0x80000103, named],
  unbind: [0x00000006, {}],
  unbind_resp: [0x80000006, {}],
  enquire_link: [0x00000015, {}],
  enquire_link_resp: [0x80000015, {}],
} as const satisfies Record<string, readonly [number, Record<string, PduField<unknown>>]>;

/** Optional parameters of receipts (5.3.2). */
const tags = { receiptedMessageId: 0x001e, networkErrorCode: 0x0423, messagePayload: 0x0424, messageState: 0x0427 } as const;

export type PduCommand = keyof typeof commands;
export type Tlvs = Partial<Record<keyof typeof tags, Buffer>>;
type Fields<C extends PduCommand> = {
  -readonly [K in keyof (typeof commands)[C][1]]: (typeof commands)[C][1][K] extends PduField<infer T> ? T : never;
};
/** The fields of a command without its header. */
export type PduBody<C extends PduCommand> = { [K in C]: { command: K; tlvs?: Tlvs } & Fields<K> }[C];
/** A command with its header: 32 bits of `status` (5.1.3) and of `sequence`. */
export type Pdu<C extends PduCommand = PduCommand> = { [K in C]: PduBody<K> & { status: number; sequence: number } }[C];
/** A frame with an unknown command, or with a body that does not match its command. */
export type Foreign = { command: null; known: boolean; id: number; status: number; sequence: number };

/** Returns true for a response: the highest bit of the command id is set. */
export const isResponse = (pdu: { command: PduCommand } | Foreign): boolean =>
  (pdu.command === null ? pdu.id : commands[pdu.command][0]) >= 0x80000000;

const HEADER = 16;
const fieldsOf = (command: PduCommand) => Object.entries(commands[command][1]) as [string, PduField<unknown>][];

function writeTlvs(tlvs: Tlvs = {}): Buffer[] {
  return (Object.entries(tlvs) as [keyof typeof tags, Buffer][]).flatMap(([name, value]) => {
    const head = Buffer.alloc(4);
    head.writeUInt16BE(tags[name], 0);
    head.writeUInt16BE(value.length, 2);
    return [head, value];
  });
}

/** Reads known optional parameters; stops at a truncated one and keeps those before it. */
function readTlvs(from: Reader): Tlvs {
  const tlvs: Tlvs = {};
  while (from.at + 4 <= from.octets.length) {
    const head = takeOctets(from, 4);
    if (from.at + head.readUInt16BE(2) > from.octets.length) break;
    const value = takeOctets(from, head.readUInt16BE(2));
    const name = (Object.keys(tags) as (keyof typeof tags)[]).find((one) => tags[one] === head.readUInt16BE(0));
    if (name) tlvs[name] = value;
  }
  return tlvs;
}

/** Encodes a PDU; throws for a value that does not fit its field, which is a bug. */
export function encode(pdu: Pdu): Buffer {
  const values = pdu as unknown as Record<string, unknown>;
  const body = fieldsOf(pdu.command).map(([name, field]) => field.write(values[name]));
  const octets = Buffer.concat([Buffer.alloc(HEADER), ...body, ...writeTlvs(pdu.tlvs)]);
  octets.writeUInt32BE(octets.length, 0);
  octets.writeUInt32BE(commands[pdu.command][0], 4);
  octets.writeUInt32BE(pdu.status, 8);
  octets.writeUInt32BE(pdu.sequence, 12);
  return octets;
}

/** Decodes a complete frame of at least a header. */
export function decode(frame: Buffer): Pdu | Foreign {
  const [id, status, sequence] = [frame.readUInt32BE(4), frame.readUInt32BE(8), frame.readUInt32BE(12)];
  const command = (Object.keys(commands) as PduCommand[]).find((name) => commands[name][0] === id);
  if (!command) return { command: null, known: false, id, status, sequence };
  const from = { octets: frame, at: HEADER, patient: isResponse({ command }) };
  try {
    const values = Object.fromEntries(fieldsOf(command).map(([name, field]) => [name, field.read(from)]));
    return { command, status, sequence, ...values, tlvs: readTlvs(from) } as unknown as Pdu;
  } catch (error) {
    if (error instanceof UnreadablePdu) return { command: null, known: true, id, status, sequence };
    throw error;
  }
}
