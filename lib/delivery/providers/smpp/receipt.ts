import type { Receipt } from "#lib/delivery/provider";
import type { Pdu } from "#lib/delivery/providers/smpp/pdu";
import type { DeliveryError } from "#lib/errors";

/** Delivery receipts (SMPP 3.4, appendix B and 5.3.2). Pure. */

/** How a gateway writes the ids of messages: in its answers and in its receipts alike, or in different bases, as some do. */
export const messageIds = ["same", "hex-then-decimal", "decimal-then-hex"] as const;
export type MessageIds = (typeof messageIds)[number];

/** A message id as it is stored and compared; null for none, and for one that no gateway would give. */
export function idOf(written: string, where: "answer" | "receipt", ids: MessageIds): string | null {
  if (!/^[\x21-\x7e]{1,64}$/.test(written)) return null;
  if (ids === "same") return written;
  const hex = (ids === "hex-then-decimal") === (where === "answer");
  return (hex ? /^[0-9a-f]+$/i : /^\d+$/).test(written) ? BigInt(hex ? `0x${written}` : written).toString() : null;
}

/**
 * The network's own reasons, as far as gateways agree on them: errors of the mobile application part (3GPP 29.002), written in
 * decimal or in hexadecimal. Gateways with numbers of their own are told apart by a setting.
 */
const reasons: Record<string, DeliveryError> = {
  "001": "invalid_number", // unknown subscriber
  "005": "invalid_number", // unidentified subscriber
  "006": "not_reachable", // absent subscriber, short message
  "009": "refused_by_subscriber", // illegal subscriber
  "011": "no_sms_service", // teleservice not provisioned
  "00B": "no_sms_service",
  "013": "refused_by_subscriber", // call barred
  "00D": "refused_by_subscriber",
  "021": "no_sms_service", // facility not supported
  "015": "no_sms_service",
  "027": "not_reachable", // absent subscriber
  "01B": "not_reachable",
  "031": "not_reachable", // subscriber busy
  "01F": "not_reachable",
};

type State = { status: Receipt["status"]; reason?: DeliveryError };
/** States by number (5.2.28) and name; what says nothing new is "sent", as "unknown" says nothing at all. */
const states: [number, string, State][] = [
  [1, "ENROUTE", { status: "sent" }],
  [2, "DELIVRD", { status: "delivered" }],
  [3, "EXPIRED", { status: "undelivered", reason: "not_reachable" }],
  [4, "DELETED", { status: "undelivered", reason: "rejected" }],
  [5, "UNDELIV", { status: "undelivered", reason: "unknown" }],
  [6, "ACCEPTD", { status: "sent" }],
  [7, "UNKNOWN", { status: "sent" }],
  [8, "REJECTD", { status: "undelivered", reason: "rejected" }],
];

const DELIVERY_RECEIPT = 0x04;
/** Bits of esm_class that say what kind of message it is (5.2.12). */
const TYPE = 0x3c;

/** What a deliver_sm says, whatever its alphabet, before it quotes the text it is about; `message_payload` takes the place of an empty one. */
function textOf({ message, dataCoding, tlvs }: Pdu<"deliver_sm">): string {
  const octets = message.length > 0 ? message : (tlvs?.messagePayload ?? message);
  const text =
    dataCoding === 8
      ? Buffer.from(octets.subarray(0, octets.length & ~1))
          .swap16()
          .toString("utf16le")
      : octets.toString("latin1");
  return text.replace(/(?:^|\s)text:.*$/is, "");
}

/** The value of a field, "" for none; the name of the next one is no value. */
const field = (text: string, name: string) =>
  new RegExp(`(?:^|\\s)${name}:\\s*(?!(?:sub|dlvrd|submit|done|stat|err)\\b)(\\S+)`, "i").exec(text)?.[1] ?? "";
const upToNul = (octets: Buffer) => octets.toString("latin1").replace(/\0.*$/s, "");

/** The network's error code as three characters: of the text, else the optional parameter's (5.3.2.31). */
function errorCode(text: string, tlv: Buffer | undefined): string {
  const written = field(text, "err").toUpperCase().padStart(3, "0");
  return /^0*$/.test(written) && tlv?.length === 3 ? String(tlv.readUInt16BE(1)).padStart(3, "0") : written;
}

/**
 * The receipt in a deliver_sm, null for anything else. A text that somebody wrote from a phone is never one, whatever it says:
 * only the gateway sets the message type and the parameter that names a message.
 */
export function receiptOf(pdu: Pdu<"deliver_sm">, ids: MessageIds, own: Record<string, DeliveryError> = {}): Receipt | null {
  const { receiptedMessageId, messageState, networkErrorCode } = pdu.tlvs ?? {};
  if ((pdu.esmClass & TYPE) !== DELIVERY_RECEIPT && !receiptedMessageId) return null;
  const text = textOf(pdu);
  const ref = idOf(receiptedMessageId ? upToNul(receiptedMessageId) : field(text, "id"), "receipt", ids);
  const number = messageState?.length === 1 ? messageState.readUInt8() : 0;
  const name = field(text, "stat").toUpperCase();
  const [, , state] = states.find(([one]) => one === number) ?? states.find(([, one]) => one === name) ?? [];
  if (!ref || !state) return null;
  if (state.status !== "undelivered") return { ref, status: state.status };
  const code = errorCode(text, networkErrorCode);
  return { ref, status: state.status, reason: own[code] ?? reasons[code] ?? state.reason ?? "unknown" };
}
