import type { Delivery, HandOver, Provider, ProviderAccount, ProviderKind } from "#lib/delivery/provider";
import { exchange } from "#lib/delivery/providers/http";
import { hintIn, karadenAcceptance, karadenRefusal, stateInDetail, stateInList } from "#lib/delivery/providers/karaden/message";
import { isKaradenSender, messageForm, nationalNumber, tagQuery } from "#lib/delivery/providers/karaden/request";
import { karadenSecrets, karadenSettings } from "#lib/delivery/providers/karaden/settings";
import { karadenWords } from "#lib/delivery/providers/karaden/words";
import { handOverOf } from "#lib/delivery/providers/outcome";

/** KARADEN (空電プッシュ API) over `fetch`: its SDK has no time-outs, and its errors contain the token. */

const VERSION = "2024-03-01";

function create(account: ProviderAccount): Provider {
  const { tenantId, serviceId } = karadenSettings.parse(account.settings);
  const { token } = karadenSecrets.parse(account.secrets);
  const base = `${account.baseUrl ?? "https://prg.karaden.jp/api"}/${tenantId}`;
  const headers = {
    authorization: `Bearer ${token}`,
    "karaden-version": VERSION,
    accept: "application/json",
    "user-agent": "Sekisho",
  };

  async function send(delivery: Delivery, signal: AbortSignal): Promise<HandOver> {
    if (delivery.channel !== "SMS") throw new Error("KARADEN carries texts alone");
    const to = nationalNumber(delivery.to);
    // Another provider may reach another country, but no provider can reach an invalid number.
    if (!to.ok) return { status: "failed", reason: to.error, permanent: to.error === "invalid_number" };
    const init = {
      method: "POST",
      headers: { ...headers, "content-type": "application/x-www-form-urlencoded" },
      body: messageForm(to.value, delivery, serviceId, new Date()).toString(),
    };
    return handOverOf(await exchange(`${base}/messages`, init, signal), { accepted: karadenAcceptance, refused: karadenRefusal });
  }

  return {
    send,
    // A failed query says nothing about the text: only a 200 counts.
    async check({ attemptId, ref }, signal) {
      const path = ref ? `/messages/${encodeURIComponent(ref)}` : `/messages?${tagQuery(serviceId, attemptId)}`;
      const answer = await exchange(`${base}${path}`, { headers }, signal);
      if (!answer.ok || answer.status !== 200) return { status: "unknown" };
      return ref ? stateInDetail(answer.text, attemptId) : stateInList(answer.text, attemptId);
    },
    receipt: (callback) => (callback.method === "POST" ? hintIn(callback.body) : "malformed"),
  };
}

/** 空電プッシュ: texts to Japan; its callbacks carry no signature, so they are hints that `check` confirms. */
export const karaden: ProviderKind = {
  kind: "karaden",
  channels: ["SMS"],
  countries: ["JP"],
  receipts: "hint",
  promisesReceipts: () => true,
  settings: karadenSettings,
  secrets: karadenSecrets,
  acceptsSender: isKaradenSender,
  words: karadenWords,
  create,
};
