import type { z } from "zod";
import type { Locale } from "#lib/delivery/texts";
import type { DeliveryError } from "#lib/errors";

/** The port every SMS and voice provider stands behind; adapters are in `providers/`, the accounts they run with are rows. */

export type PhoneChannel = "SMS" | "VOICE";

/** One hand-over: `attemptId` is ours and goes with it, so that a provider can be asked about a hand-over that timed out. `to` is E.164. */
export type Delivery =
  | { channel: "SMS"; to: string; text: string; code: string; attemptId: string; locale: Locale; validSeconds: number }
  | { channel: "VOICE"; to: string; greeting: string; text: string; code: string; attemptId: string; locale: Locale; validSeconds: number };

/**
 * What became of a hand-over. `permanent` says that no other provider will fare better. `unknown` says that the provider may or
 * may not have taken it (time-out, connection lost after the request left, an answer that cannot be read): it is never asked
 * again unasked. `brake` says how the provider itself is: `now` takes it out at once (credentials refused), a number for so many seconds (429).
 */
export type HandOver =
  | { status: "sent" | "delivered"; ref: string | null }
  | { status: "undelivered" | "failed"; reason: DeliveryError; permanent: boolean; ref?: string | null; brake?: "now" | number }
  | { status: "unknown" };

/** A provider's id of a text, and how certainly its field identifies this text. */
export type Named = { name: string; sure: "yes" | "likely" | "no" };

/**
 * A provider's later report on one attempt, identified by our attempt id, by its own reference, or by both, which then must belong to one attempt.
 */
export type Receipt = {
  attemptId?: string;
  ref?: string;
  /**
   * Instead of `ref`, the possible references: the list of one field, or of two fields that must identify the same attempt (the second is the
   * weaker).
   */
  names?: readonly (readonly Named[])[];
  /** E.164 numbers that include the recipient, if the receipt contains it. */
  to?: readonly string[];
  status: "sent" | "delivered" | "undelivered" | "failed";
  reason?: DeliveryError;
};

/**
 * Why a receipt changed nothing: unreadable, no matching attempt, several possible attempts, fields that contradict each other, another attempt
 * than that of the callback address, another recipient, an id of unknown base, or an unavailable database.
 */
export const lostReasons = [
  "unreadable",
  "unmatched",
  "ambiguous",
  "contradictory",
  "other_attempt",
  "other_recipient",
  "base_unknown",
  "unavailable",
] as const;
export type LostReason = (typeof lostReasons)[number];

/** A request to `/api/receipts/…` or `/api/voice/…`: `url` is the configured public URL with path and query, never what a header says. */
export type Callback = { method: string; url: string; query: URLSearchParams; headers: Headers; body: string };

/** What a callback is worth: facts, hints that have to be confirmed by asking the provider (`check`), or nothing (403). */
export type CallbackResult = { receipts: Receipt[] } | { hints: { attemptId?: string; ref?: string }[] } | "forbidden" | "malformed";

export type LineType = "mobile" | "landline" | "voip" | "toll_free" | "premium" | "pager" | "other" | "unknown";

/** What a look-up knows of a number. `simSwappedAt`: when its SIM last changed, null for never as far as is known, absent where nobody says. */
export type NumberFacts = { lineType: LineType; simSwappedAt?: Date | null };

/** What a call says once its key was pressed; the text is ours, the answer is in the provider's own language. */
export type Spoken = { text: string; locale: Locale };

export type Provider = {
  /** Hands one message over; resolves before `signal` ends it or right after, throws only for bugs. */
  send(delivery: Delivery, signal: AbortSignal): Promise<HandOver>;
  /** Asks what became of an attempt; `absent` says that the provider surely never took it. */
  check?(
    attempt: { attemptId: string; ref: string | null; channel: PhoneChannel },
    signal: AbortSignal,
  ): Promise<HandOver | { status: "absent" }>;
  /** Judges a delivery receipt that came by HTTP. */
  receipt?(callback: Callback): CallbackResult;
  /**
   * Answers a provider's request for the words after the key press; `null` rejects the caller. Call `speak` with the provider's id of the call only
   * after the caller is authenticated.
   */
  voice?(callback: Callback, speak: (ref: string) => Promise<Spoken | null>): Promise<{ contentType: string; body: string } | null>;
  /** What is known of a number, before a text is sent to it; a look-up that fails says `unknown` and nothing of the SIM. */
  lookup?(to: string, what: "line" | "sim", signal: AbortSignal): Promise<NumberFacts>;
  /** Opens a lasting connection, where receipts come over one; `send` does so too. */
  open?(): void;
  /** Lets go of connections. */
  close?(): Promise<void>;
};

/** A configured provider account, its secrets opened. */
export type Account = {
  id: string;
  name: string;
  kind: string;
  /** Replaces the vendor's own address: https (smpps), or http (smpp) on loopback; without a trailing slash. */
  baseUrl: string | null;
  /** The sender number or id, as the provider wants it. */
  sender: string | null;
  settings: Record<string, unknown>;
  secrets: Record<string, string>;
};

/** What the product lends an adapter: the public URLs of its callbacks, and a way to report receipts that come over its own connection. */
export type Surroundings = {
  /** Where this provider is told to report about one attempt, or in general. */
  receiptUrl(attemptId?: string): string;
  /** Where this provider asks what to say after the key press. */
  voiceUrl(attemptId: string): string;
  /** Records a receipt that arrived over the adapter's own connection or as a key press; returns the reason if it changed nothing (yet). */
  report(receipt: Receipt): Promise<"recorded" | LostReason>;
  /** Counts and logs a receipt that the adapter gives up. */
  lost(reason: LostReason): void;
};

/** A sentence in both languages. */
export type Both = { ja: string; en: string };

/** The purpose of one setting or secret, and its valid values (`must be …`, `…にしてください`). */
export type FieldWords = { what: Both; must: Both };

/** The description of a kind of provider for operators; a setting or secret without words does not compile. */
export type KindWords<Setting extends PropertyKey = string, Secret extends PropertyKey = string> = {
  /** One line: the channels and countries that it carries. */
  about: Both;
  /** The format of its senders. */
  sender: Both;
  settings: Record<Setting, FieldWords>;
  secrets: Record<Secret, FieldWords>;
};

/** A kind of provider: what an account of it needs, what it can do, and how one is made. Registered in `providers/kinds.ts`. */
export type ProviderKind = {
  kind: string;
  channels: readonly PhoneChannel[];
  /** ISO countries it can reach at all; absent: all. */
  countries?: readonly string[];
  /** Whether receipts exist, and how they come. */
  receipts: "signed" | "hint" | "session" | "none";
  /** Tells whether an account with these settings gets a receipt for every text; if absent, only the account's history shows it. */
  promisesReceipts?(settings: Record<string, unknown>): boolean;
  /** There is no vendor's own address: an account of this kind has to give one. */
  needsBaseUrl?: true;
  /** Schemes of its addresses, the encrypted one first; absent: https and http. */
  schemes?: readonly [secure: string, plain: string];
  /** Tells whether its network accepts a sender that `readSender` has normalised; if absent, every printable sender is accepted. */
  acceptsSender?(sender: string): boolean;
  /** Settings that may be shown. */
  settings: z.ZodObject;
  /** Secrets: sealed at rest, never shown. */
  secrets: z.ZodObject;
  words: KindWords;
  create(account: Account, surroundings: Surroundings): Provider;
};

/** The longest a provider may take for one hand-over, in milliseconds (PROVIDER). */
export const PROVIDER_TIMEOUT = 5_000;
