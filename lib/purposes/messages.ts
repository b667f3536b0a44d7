import type { Purpose } from "#lib/db/generated/enums";
import * as calls from "#lib/delivery/messages/callbacks";
import * as sending from "#lib/delivery/messages/send-message";
import type { Callback } from "#lib/delivery/provider";
import type { CodeTemplate, CodeWords, PurposeWords } from "#lib/delivery/wording/texts";
import { purposes } from "#lib/purposes/house";

/** Delivery, with the words of this product's purposes. */

/** The template of a purpose's code. */
export const templateOf = (purpose: Purpose): CodeTemplate => `code.${purpose}`;

/** The words of every code's purpose. */
export const codeWords = Object.fromEntries(
  Object.values(purposes).map(({ name, wording }): [CodeTemplate, PurposeWords] => [templateOf(name), wording]),
) as CodeWords;

/** Every code's template. */
export const codeTemplates = Object.keys(codeWords) as CodeTemplate[];

/** The template whose body a test of the set-up guide takes: that of most texts. */
export const commonTemplate: CodeTemplate = templateOf("SIGN_IN");

/** Sends one queued message; what is no longer wanted (verified, replaced, expired, spent) is not sent. */
export const sendMessage = (messageId: string): Promise<void> => sending.deliver(messageId, codeWords);

/** Answers a provider's request for the words of a call; null if the call is not the provider account's. */
export const answerCall = (name: string, callback: Callback) => calls.answerOfCall(name, callback, codeWords);
