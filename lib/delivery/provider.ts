import type { z } from "zod";
import type { NoticeCodes } from "#lib/delivery/wording/notice-codes";
import type { Locale } from "#lib/delivery/wording/texts";
import type { DeliveryError } from "#lib/errors";

/** The port of all SMS and voice providers; adapters are in `providers/`, their accounts are rows. */

export type PhoneChannel = "SMS" | "VOICE";

/** One hand-over; `code` is null for a notice. `attemptId` is the product's own id, by which a provider can be queried after a time-out; `to` is E.164. */
export type Delivery =
  | {
      channel: "SMS";
      to: string;
      text: string;
      code: string | null;
      attemptId: string;
      locale: Locale;
      validSeconds: number;
      notice?: NoticeCodes;
    }
  | { channel: "VOICE"; to: string; greeting: string; text: string; code: string; attemptId: string; locale: Locale; validSeconds: number };

/** What a provider says besides the outcome: the carrier of the number, and its own code for the outcome. Shown to staff alone. */
type Besides = { carrier?: string | undefined; code?: string | undefined };

/**
 * The outcome of a hand-over; `permanent`: no other provider can succeed; `unknown`: the provider may have accepted it (time-out, lost connection,
 * unreadable answer), so it is retried only after a query. `backOff` opens the breaker: `now` at once (credentials refused), a number for that many
 * seconds (429).
 */
export type HandOver =
  | ({ status: "sent" | "delivered"; ref: string | null } & Besides)
  | ({
      status: "undelivered" | "failed";
      reason: DeliveryError;
      permanent: boolean;
      ref?: string | null;
      backOff?: "now" | number;
    } & Besides)
  | { status: "unknown" };

/** A provider's id of a text, and how certainly its field identifies this text. */
export type Named = { name: string; sure: "yes" | "likely" | "no" };

/**
 * A provider's later report on one attempt, identified by our attempt id, by its own reference, or by both, which then must belong to one attempt.
 */
export type Receipt = Besides & {
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

/**
 * The result of a callback: facts, hints that a status query (`check`) must confirm, or a refusal (403). `unavailable`: it could not be verified now,
 * so the provider has to send it again.
 */
export type CallbackResult =
  | { receipts: Receipt[] }
  | { hints: { attemptId?: string; ref?: string }[] }
  | "forbidden"
  | "malformed"
  | "unavailable";

export type LineType = "mobile" | "landline" | "voip" | "toll_free" | "premium" | "pager" | "other" | "unknown";

/**
 * The result of a look-up. `simSwappedAt`: the last SIM change, null if none is known, absent if the provider does not report it. `recycled`: another
 * subscriber has had the number since its proof; `forwarded`: calls to it reach another number. `answered` says whether every question got an answer,
 * where the other facts do not show it.
 */
export type NumberFacts = {
  lineType: LineType;
  simSwappedAt?: Date | null;
  recycled?: boolean;
  forwarded?: boolean;
  answered?: boolean;
};

/** The code that a look-up precedes: how it travels, and since when its number is proven; null for a number that is being bound. */
export type CodeAhead = { channel: PhoneChannel; verifiedAt: Date | null };

/** The product's text for a call after its key press, with its language. */
export type Spoken = { text: string; locale: Locale };

export type Provider = {
  /** Hands one message over; resolves before `signal` ends it or right after, and throws only for bugs. */
  send(delivery: Delivery, signal: AbortSignal): Promise<HandOver>;
  /** Queries an attempt; `absent`: the provider has certainly not accepted it. */
  check?(
    attempt: { attemptId: string; ref: string | null; channel: PhoneChannel },
    signal: AbortSignal,
  ): Promise<HandOver | { status: "absent" }>;
  /** Judges a delivery receipt received over HTTP. */
  receipt?(callback: Callback): CallbackResult | Promise<CallbackResult>;
  /**
   * Answers a provider's request for the words after the key press; `null` rejects the caller. Call `speak` with the provider's id of the call only
   * after the caller is authenticated.
   */
  voice?(callback: Callback, speak: (ref: string) => Promise<Spoken | null>): Promise<{ contentType: string; body: string } | null>;
  /** Looks a number up before a text is sent; a failed look-up returns `unknown` without SIM facts. */
  lookup?(to: string, what: "line" | "sim", signal: AbortSignal, ahead: CodeAhead): Promise<NumberFacts>;
  /** Opens a persistent connection if receipts arrive over one; `send` also opens it. */
  open?(): void;
  close?(): Promise<void>;
};

/** A configured provider account with opened secrets. */
export type ProviderAccount = {
  id: string;
  name: string;
  kind: string;
  /** Replaces the vendor's own address: https (smpps), or http (smpp) on loopback; without a trailing slash. */
  baseUrl: string | null;
  /** The sender number or id in the provider's format. */
  sender: string | null;
  settings: Record<string, unknown>;
  secrets: Record<string, string>;
};

/** What the product gives an adapter: the public URLs of its callbacks, and functions that report receipts of its own connection. */
export type Surroundings = {
  /** Returns the receipt URL of one attempt, or of the account. */
  receiptUrl(attemptId?: string): string;
  /** Returns the URL where the provider fetches the words after the key press. */
  voiceUrl(attemptId: string): string;
  /** Records a receipt that arrived over the adapter's own connection or as a key press; returns the reason if it changed nothing (yet). */
  report(receipt: Receipt): Promise<"recorded" | LostReason>;
  /** Counts and logs a receipt that the adapter discards. */
  lost(reason: LostReason): void;
};

export type Both = { ja: string; en: string };

/** The purpose of one setting or secret, and its valid values (`must be …`, `…にしてください`). */
export type FieldWords = { what: Both; must: Both };

/** The description of a kind of provider for operators; a setting or secret without words does not compile. */
export type KindWords<Setting extends PropertyKey = string, Secret extends PropertyKey = string> = {
  /** One line: the channels and countries that it carries. */
  about: Both;
  sender: Both;
  settings: Record<Setting, FieldWords>;
  secrets: Record<Secret, FieldWords>;
};

/** A kind of provider: its settings, its capabilities and its factory. Registered in `providers/kinds.ts`. */
export type ProviderKind = {
  kind: string;
  channels: readonly PhoneChannel[];
  /** ISO countries that it can reach; absent: all. */
  countries?: readonly string[];
  /** Whether receipts exist, and how they arrive. */
  receipts: "signed" | "hint" | "session" | "none";
  /** The key in the receipt URL is required although receipts are signed, because verifying one costs a request. */
  needsReceiptKey?: true;
  /** Returns true if an account with these settings gets a receipt for every text; if absent, only the account's history shows it. */
  promisesReceipts?(settings: Record<string, unknown>): boolean;
  /** The kind has no vendor address: each account must give one. */
  needsBaseUrl?: true;
  /** Schemes of its addresses, the encrypted one first; absent: https and http. */
  schemes?: readonly [secure: string, plain: string];
  /** Returns true if its network accepts a sender that `readSender` has normalised; if absent, every printable sender is accepted. */
  acceptsSender?(sender: string): boolean;
  settings: z.ZodObject;
  /** Secrets: sealed at rest, never shown. */
  secrets: z.ZodObject;
  words: KindWords;
  create(account: ProviderAccount, surroundings: Surroundings): Provider;
};

/** The longest a provider may take for one hand-over, in milliseconds. */
export const PROVIDER_TIMEOUT = 5_000;
