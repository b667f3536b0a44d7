import type { Locale } from "#lib/delivery/texts";
import type { DeliveryError } from "#lib/errors";

/** One hand-over: `attemptId` is ours and goes with it, so that a provider can be asked about a hand-over that timed out. */
export type Delivery =
  | { channel: "SMS"; to: string; text: string; code: string; attemptId: string; locale: Locale }
  | { channel: "VOICE"; to: string; greeting: string; text: string; code: string; attemptId: string; locale: Locale };

/** What became of a hand-over; `permanent` says that no other provider will fare better. */
export type HandOver =
  | { status: "sent" | "delivered"; ref: string }
  | { status: "undelivered" | "failed"; reason: DeliveryError; permanent: boolean; ref?: string };

/** The port every provider stands behind. `send` resolves within `signal`, and throws only for bugs. */
export type Provider = {
  name: string;
  channels: readonly ("SMS" | "VOICE")[];
  send(delivery: Delivery, signal: AbortSignal): Promise<HandOver>;
};

/** The longest a provider may take for one hand-over, in milliseconds (PROVIDER). */
export const PROVIDER_TIMEOUT = 5_000;
