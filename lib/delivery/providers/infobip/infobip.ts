import type { Delivery, HandOver, Provider, ProviderAccount, ProviderKind, Surroundings } from "#lib/delivery/provider";
import { exchange } from "#lib/delivery/providers/http";
import { hintsIn, infobipRefusal, stateOf } from "#lib/delivery/providers/infobip/answer";
import { isInfobipSender, logQuery, textBody } from "#lib/delivery/providers/infobip/request";
import { infobipSecrets, infobipSettings } from "#lib/delivery/providers/infobip/settings";
import { infobipWords } from "#lib/delivery/providers/infobip/words";
import { handOverOf } from "#lib/delivery/providers/outcome";

/** NTT CPaaS and Infobip (SMS API v3) over `fetch`. */

function create(account: ProviderAccount, surroundings: Surroundings): Provider {
  const { apiKey } = infobipSecrets.parse(account.secrets);
  const { baseUrl, sender } = account;
  if (!baseUrl) throw new Error("an Infobip account without a base URL");
  const headers = { authorization: `App ${apiKey}`, accept: "application/json", "user-agent": "Sekisho" };

  async function send(delivery: Delivery, signal: AbortSignal): Promise<HandOver> {
    if (delivery.channel !== "SMS") throw new Error("Infobip carries texts alone");
    const body = textBody(delivery, sender, surroundings.receiptUrl(delivery.attemptId));
    const init = { method: "POST", headers: { ...headers, "content-type": "application/json" }, body };
    const accepted = (text: string) => stateOf(text, "messages", delivery.attemptId);
    return handOverOf(await exchange(`${baseUrl}/sms/3/messages`, init, signal), { accepted, refused: infobipRefusal });
  }

  return {
    send,
    // The log may lag behind the hand-over, so an empty one does not prove that the text was not accepted.
    async check({ attemptId }, signal) {
      const answer = await exchange(`${baseUrl}/sms/3/logs?${logQuery(attemptId)}`, { headers }, signal);
      return answer.ok && answer.status === 200 ? stateOf(answer.text, "results", attemptId) : { status: "unknown" };
    },
    receipt: ({ method, body }) => (method === "POST" ? hintsIn(body) : "malformed"),
  };
}

/** NTT CPaaS (Infobip): texts; no signature of its reports is documented, so they are hints that `check` confirms. */
export const infobip: ProviderKind = {
  kind: "infobip",
  channels: ["SMS"],
  receipts: "hint",
  promisesReceipts: () => true,
  needsBaseUrl: true,
  settings: infobipSettings,
  secrets: infobipSecrets,
  acceptsSender: isInfobipSender,
  words: infobipWords,
  create,
};
