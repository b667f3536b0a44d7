import type { Receipt } from "#lib/delivery/provider";
import { type IdSettings, namesOfReceipt } from "#lib/delivery/providers/smpp/ids";
import type { Pdu } from "#lib/delivery/providers/smpp/pdu";
import type { DeliveryError } from "#lib/errors";

/** Delivery receipts (SMPP 3.4, appendix B and 5.3.2). Pure. */

/**
 * Common network error codes of gateways: errors of the mobile application part (3GPP 29.002) in decimal or hexadecimal. A setting maps the codes
 * of other gateways.
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
/** States by number (5.2.28) and name; intermediate and "unknown" states map to "sent". */
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

/** Full words that gateways write instead of the standard's seven letters. */
const spelled: Record<string, string> = {
  DELIVERED: "DELIVRD",
  UNDELIVERED: "UNDELIV",
  UNDELIVERABLE: "UNDELIV",
  REJECTED: "REJECTD",
  ACCEPTED: "ACCEPTD",
};

type Brought = Pdu<"deliver_sm" | "data_sm">;

/** Receipts have type 1, intermediate notifications type 8 (5.2.12); the other bits concern the transport. */
const GATEWAY_TYPES = new Set([0x04, 0x20]);
const TYPE = 0x3c;
const UDH_INDICATOR = 0x40;

/**
 * Length of a user data header in octets (3GPP 23.040, 9.2.3.24), or 0 if its elements do not add up, because some gateways set the indicator
 * without a header.
 */
function headerLength(octets: Buffer): number {
  const end = (octets[0] ?? 0) + 1;
  let at = 1;
  while (at < end) at += 2 + (octets[at + 1] ?? end);
  return at === end && end > 1 && end <= octets.length ? end : 0;
}

/** Returns the octets of a receipt's text without its header, from `message_payload` if the message is empty. */
function octetsOf(pdu: Brought): Buffer {
  const short = pdu.command === "deliver_sm" ? pdu.message : Buffer.alloc(0);
  const octets = short.length > 0 ? short : (pdu.tlvs?.messagePayload ?? short);
  return pdu.esmClass & UDH_INDICATOR ? octets.subarray(headerLength(octets)) : octets;
}

/** Decodes the text of a receipt in any alphabet, up to the quoted text message. */
function textOf(pdu: Brought): string {
  const octets = octetsOf(pdu);
  const text =
    pdu.dataCoding === 8
      ? Buffer.from(octets.subarray(0, octets.length & ~1))
          .swap16()
          .toString("utf16le")
      : octets.toString("latin1");
  return text.replace(/(?<![0-9a-z_])text\s*[:=].*$/is, "");
}

/** Returns the value of a field, "" if it is empty or absent. Spaces, commas, semicolons or NULs separate fields. */
const field = (text: string, name: string) =>
  new RegExp(`(?<![0-9a-z_])${name}\\s*[:=]\\s*(?!(?:sub|dlvrd|submit|done|stat|err|text)\\b\\s*[:=\\s])([^\\s,;|\\0]+)`, "i").exec(
    text,
  )?.[1] ?? "";
const upToNul = (octets: Buffer) => octets.toString("latin1").replace(/\0.*$/s, "").trim();

/** Returns the network's error code as three characters, from the receipt's text or else from the optional parameter (5.3.2.31). */
function errorCode(text: string, tlv: Buffer | undefined): string {
  const written = field(text, "err").toUpperCase().padStart(3, "0");
  return /^0*$/.test(written) && tlv?.length === 3 ? String(tlv.readUInt16BE(1)).padStart(3, "0") : written;
}

/**
 * Combines the states of the optional parameter and the text: a final state overrides one that is not, and two different final states contradict
 * each other.
 */
function stateIn(text: string, tlv: Buffer | undefined): State | "unreadable" | "contradictory" {
  const written = field(text, "stat").toUpperCase();
  const number = tlv?.length === 1 ? tlv.readUInt8() : 0;
  const said = [states.find(([one]) => one === number), states.find(([, one]) => one === (spelled[written] ?? written))];
  const [first, second] = said.flatMap((one) => (one ? [one[2]] : []));
  if (!first || !second) return first ?? "unreadable";
  if (first.status === "sent") return second;
  return second.status === "sent" || second.status === first.status ? first : "contradictory";
}

/** Converts an address to E.164: international digits, or Japanese ones with a leading zero; none for a masked or short address. */
function numberOf(address: string): string[] {
  const digits = address.replace(/^\+/, "");
  if (!/^\d{8,16}$/.test(digits)) return [];
  return [digits.startsWith("0") ? `+81${digits.slice(1)}` : `+${digits}`];
}

/** How to read an account's receipts: its settings, its sender, its own error codes, and whether an answer was seen that is not decimal. */
export type ReceiptReading = IdSettings & { sender: string; own: Record<string, DeliveryError>; hexAnswers: boolean };

/**
 * Parses a gateway's receipt; null for other messages, or the reason why it is useless. A text from a phone is never a receipt, whatever it
 * contains, because only the gateway sets the message type and the parameter with the message id.
 */
export function receiptOf(
  pdu: Brought,
  { sender, own, hexAnswers, ...settings }: ReceiptReading,
): Receipt | "unreadable" | "contradictory" | null {
  const { receiptedMessageId, messageState, networkErrorCode } = pdu.tlvs ?? {};
  if (!GATEWAY_TYPES.has(pdu.esmClass & TYPE) && !receiptedMessageId) return null;
  const text = textOf(pdu);
  const tlv = receiptedMessageId ? upToNul(receiptedMessageId) : "";
  const names = namesOfReceipt({ tlv, text: field(text, "id") }, settings, hexAnswers);
  const state = stateIn(text, messageState);
  if (!names || typeof state === "string") return names && state === "contradictory" ? state : "unreadable";
  // A gateway that does not swap the addresses puts our sender into the source address.
  const about = { names, to: numberOf(pdu.source === sender ? pdu.destination : pdu.source) };
  if (state.status !== "undelivered") return { ...about, status: state.status };
  const code = errorCode(text, networkErrorCode);
  const reason = own[code] ?? reasons[code] ?? state.reason ?? "unknown";
  return { ...about, status: state.status, reason, ...(/^0*$/.test(code) ? {} : { code }) };
}
