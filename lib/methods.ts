import type { Channel } from "#lib/db/generated/enums";

/** How a factor is proven: the API's method values. */
export const methods = ["sms", "voice", "email", "totp", "passkey", "recovery_code", "recovery_mail"] as const;
export type Method = (typeof methods)[number];

const channels: Record<Method, Channel | null> = {
  sms: "SMS",
  voice: "VOICE",
  email: "EMAIL",
  totp: null,
  passkey: null,
  recovery_code: null,
  recovery_mail: null,
};

/** The channel a method travels by; null where nothing is sent. */
export const channelOf = (method: Method): Channel | null => channels[method] ?? null;

/** The methods of which a code is sent. */
type SentMethod = "sms" | "voice" | "email";

/** The methods whose answer the person has. */
export type OwnMethod = Exclude<Method, SentMethod>;

/** Whether a code is sent by a method; else the person has the answer. */
export const isSent = (method: Method): method is SentMethod => channelOf(method) !== null;

/** The method word of a channel. */
export const methodOf = (channel: Channel): SentMethod => channel.toLowerCase() as SentMethod;
