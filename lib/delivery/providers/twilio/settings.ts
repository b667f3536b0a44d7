import { z } from "zod";
import type { Delivery, ProviderAccount } from "#lib/delivery/provider";

/** The settings and secrets of a Twilio account, its API address and its credentials. Pure. */

const sid = (prefix: string) => z.string().regex(new RegExp(`^${prefix}[0-9a-fA-F]{32}$`));

/** Voices that support `<prosody>`, by which calls are slowed down: with any other voice `<Say>` fails and the code is not heard. */
const voice = (language: string) =>
  z.string().regex(new RegExp(`^(?:Polly\\.\\p{L}+(?:-Neural)?|Google\\.${language}-(?:Standard|Wavenet|Neural2)-[A-Z])$`, "u"));

export const twilioSettings = z
  .object({
    accountSid: sid("AC"),
    /** Sends texts through this service and its senders instead of the account's sender number. */
    messagingServiceSid: sid("MG").optional(),
    /** Sends with an API key, so that the auth token only verifies; needs the secret `apiKeySecret`. */
    apiKeySid: sid("SK").optional(),
    /** Twilio's network edge, "tokyo" for calls within Japan. */
    edge: z
      .string()
      .regex(/^[a-z]+(?:-[a-z]+)*$/)
      .optional(),
    /** Twilio's processing region; the default is "us1". */
    region: z
      .string()
      .regex(/^[a-z]{2}\d$/)
      .optional(),
    voiceJa: voice("ja-JP").optional(),
    voiceEn: voice("en-US").optional(),
    /** "discard" keeps texts and numbers out of Twilio's records; the account needs its Message Redaction for it (30029, 30030 without). */
    retention: z.enum(["keep", "discard"]).optional(),
  })
  // In April 2026 Twilio closed the addresses with a region but no edge, except us1.
  .refine(({ edge, region }) => edge || !region || region === "us1", { path: ["edge"] });

const line = z.string().regex(/^[\x21-\x7e]{1,512}$/);

/** Sealed at rest. The auth token is required even with an API key, because Twilio signs callbacks with it. */
export const twilioSecrets = z.object({ authToken: line, apiKeySecret: line.optional() });

type TwilioSettings = z.infer<typeof twilioSettings>;
export type Twilio = TwilioSettings & { authToken: string; authorization: string; baseUrl: string | null; sender: string | null };

/** Converts a published number to Twilio's format; an alphanumeric sender keeps its spaces. */
const senderOf = (published: string): string => (/^\+[\d .-]+$/.test(published) ? published.replace(/[ .-]/g, "") : published);

/**
 * Returns true if Twilio accepts this sender: an E.164 number, or a name of at most eleven ASCII letters, digits and spaces with at least one
 * letter.
 */
export const isTwilioSender = (published: string): boolean =>
  /^\+[1-9]\d{6,14}$/.test(senderOf(published)) || /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/.test(published);

/** Returns the account for the adapter; throws for settings that validation would refuse. */
export function twilioOf(account: ProviderAccount): Twilio {
  const shown = twilioSettings.parse(account.settings);
  const { authToken, apiKeySecret } = twilioSecrets.parse(account.secrets);
  const [user, password] = shown.apiKeySid && apiKeySecret ? [shown.apiKeySid, apiKeySecret] : [shown.accountSid, authToken];
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  return { ...shown, authToken, authorization, baseUrl: account.baseUrl, sender: account.sender && senderOf(account.sender) };
}

/** Returns the address of a Twilio product like its SDK: `product[.edge].region.twilio.com`; an edge alone uses us1. */
export function addressOf(product: "api" | "lookups", { baseUrl, edge, region }: Pick<Twilio, "baseUrl" | "edge" | "region">): string {
  if (baseUrl) return baseUrl;
  const place = edge ? [edge, region ?? "us1"] : region ? [region] : [];
  return `https://${[product, ...place].join(".")}.twilio.com`;
}

/** Returns the account for one hand-over: a call within Japan may lose its caller number unless it enters through Tokyo. */
export const placedFor = ({ channel, to }: Pick<Delivery, "channel" | "to">, twilio: Twilio): Twilio =>
  channel === "VOICE" && to.startsWith("+81") && !twilio.edge ? { ...twilio, edge: "tokyo" } : twilio;
