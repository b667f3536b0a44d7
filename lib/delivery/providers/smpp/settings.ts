import { X509Certificate } from "node:crypto";
import { z } from "zod";
import { messageIds, tlvIds } from "#lib/delivery/providers/smpp/ids";
import { type DeliveryError, providerErrors } from "#lib/errors";

/** The settings of a gateway's account; its address is the account's base URL. */

const visible = (longest: number) => new RegExp(`^[\\x21-\\x7e]{1,${longest}}$`);
const ton = z.number().int().min(0).max(6);
const npi = z.number().int().min(0).max(18);

function isCertificate(pem: string): boolean {
  try {
    // A private key pasted with the certificate would be stored unsealed.
    return !pem.includes("PRIVATE KEY") && new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

const ERRORS = new RegExp(`^(?:[0-9A-Za-z]{1,3}=(?:${providerErrors.join("|")})(?:,(?!$)|$))+$`);

export const smppSettings = z.object({
  systemId: z.string().regex(visible(64)),
  systemType: z
    .string()
    .regex(/^[\x21-\x7e]{0,12}$/)
    .default(""),
  /** A transmitter receives no receipts; it is for gateways without transceivers. */
  bind: z.enum(["transceiver", "transmitter"]).default("transceiver"),
  /** The name in the gateway's certificate if it differs from the base URL's host. */
  tlsServerName: z
    .string()
    .regex(/^[0-9A-Za-z.-]{1,253}$/)
    .optional(),
  /** The CA certificate (PEM) of the gateway, instead of the public CAs. */
  ca: z.string().max(20_000).refine(isCertificate).optional(),
  sourceTon: ton.optional(),
  sourceNpi: npi.optional(),
  /** 1: international numbers; 2: national ones (Japan) with a leading zero. */
  destTon: ton.default(1),
  destNpi: npi.default(1),
  window: z.number().int().min(1).max(1000).default(10),
  enquireSeconds: z.number().int().min(5).max(3600).default(30),
  throughput: z.number().int().min(1).max(1000).optional(),
  /** True if the gateway's default alphabet (data_coding 0) is GSM 7-bit with one octet per character. */
  gsm7: z.boolean().default(false),
  /** The bases of message ids in the gateway's answers and in the text of its receipts. */
  messageIds: z.enum(messageIds).default("auto"),
  /** The base of `receipted_message_id`: that of the answer or of the receipt's text. */
  tlvIds: z.enum(tlvIds).default("auto"),
  /** The gateway's own error codes in receipts, such as `007=no_sms_service,088=not_reachable`. */
  errors: z.string().max(2000).regex(ERRORS).optional(),
});

export const smppSecrets = z.object({
  password: z.string().regex(visible(64)),
});

/** Parses the account's own error codes (three capitals) and their reasons. */
export function ownErrors(entered: string | undefined): Record<string, DeliveryError> {
  const pairs = entered?.split(",").map((pair) => pair.split("=")) ?? [];
  return Object.fromEntries(pairs.map(([code = "", reason]) => [code.toUpperCase().padStart(3, "0"), reason as DeliveryError]));
}

export type SmppSettings = z.infer<typeof smppSettings>;
