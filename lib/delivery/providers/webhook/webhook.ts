import type { Provider, ProviderAccount, ProviderKind, Surroundings } from "#lib/delivery/provider";
import { exchange } from "#lib/delivery/providers/http";
import { handOverOf } from "#lib/delivery/providers/outcome";
import {
  answerTo,
  questionBody,
  requestBody,
  webhookAcceptance,
  webhookFacts,
  webhookReceipts,
  webhookRefusal,
} from "#lib/delivery/providers/webhook/contract";
import { webhookSecrets, webhookSettings } from "#lib/delivery/providers/webhook/settings";
import { isWebhookSigned, signedHeaders } from "#lib/delivery/providers/webhook/signature";
import { webhookWords } from "#lib/delivery/providers/webhook/words";

/** The signed webhook for other gateways; docs/webhook.md is its contract. */

function create(account: ProviderAccount, surroundings: Surroundings): Provider {
  const { check, lookup } = webhookSettings.parse(account.settings);
  const { secret } = webhookSecrets.parse(account.secrets);
  const { baseUrl, sender } = account;
  if (!baseUrl) throw new Error("a webhook account without a base URL");

  const post = (url: string, body: string, signal: AbortSignal, more: Record<string, string> = {}) => {
    const common = { "content-type": "application/json", accept: "application/json", "user-agent": "Sekisho" };
    return exchange(url, { method: "POST", headers: { ...common, ...signedHeaders(secret, body), ...more }, body }, signal);
  };

  return {
    async send(delivery, signal) {
      const body = requestBody(delivery, sender, surroundings.receiptUrl(delivery.attemptId));
      const answer = await post(baseUrl, body, signal, { "idempotency-key": delivery.attemptId });
      return handOverOf(answer, { accepted: webhookAcceptance, refused: webhookRefusal });
    },
    ...(check && {
      // A failed query says nothing about the text: only a 200 counts. It has no idempotency key, because a gateway that stores answers by key
      // would return that of the hand-over.
      async check({ attemptId }, signal) {
        const answer = await post(`${baseUrl}/check`, questionBody(attemptId), signal);
        return answer.ok && answer.status === 200 ? answerTo(answer.text) : { status: "unknown" };
      },
    }),
    ...(lookup && {
      async lookup(to: string, what: "line" | "sim", signal: AbortSignal) {
        const answer = await post(`${baseUrl}/lookup`, JSON.stringify({ version: 1, to, what }), signal);
        return answer.ok && answer.status === 200 ? webhookFacts(answer.text) : { lineType: "unknown" as const };
      },
    }),
    receipt({ method, headers, body }) {
      if (!isWebhookSigned(secret, headers, body)) return "forbidden";
      return method === "POST" ? webhookReceipts(body) : "malformed";
    },
  };
}

/** Texts and calls over any gateway that implements docs/webhook.md; its receipts are signed. */
export const webhook: ProviderKind = {
  kind: "webhook",
  channels: ["SMS", "VOICE"],
  receipts: "signed",
  needsBaseUrl: true,
  settings: webhookSettings,
  secrets: webhookSecrets,
  words: webhookWords,
  create,
};
