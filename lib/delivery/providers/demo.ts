import { z } from "zod";
import type { Delivery, HandOver, ProviderKind } from "#lib/delivery/provider";
import { behaviourOf } from "#lib/demo/behaviours";
import { putDemoMessage } from "#lib/demo/inbox";

async function hand(delivery: Delivery, first: boolean): Promise<HandOver> {
  const behaviour = behaviourOf(delivery.to, delivery.channel);
  // 0004 is the number whose first provider is down and whose second delivers.
  const applies = behaviour && (behaviour.digits !== "0004" || first) ? behaviour : null;
  if (applies?.outcome === "failed") return { status: "failed", reason: applies.reason ?? "provider_down", permanent: false };
  const status = applies?.outcome ?? "delivered";
  await putDemoMessage({
    id: delivery.attemptId,
    channel: delivery.channel,
    status,
    reason: applies?.reason ?? null,
    receiptInSeconds: applies?.receiptInSeconds ?? null,
    content: {
      to: delivery.to,
      text: delivery.text,
      code: delivery.code,
      link: null,
      greeting: delivery.channel === "VOICE" ? delivery.greeting : null,
      notice: delivery.channel === "SMS" ? delivery.notice : undefined,
    },
  });
  const ref = delivery.attemptId;
  if (status === "undelivered") return { status, reason: applies?.reason ?? "unknown", permanent: applies?.permanent ?? false, ref };
  return { status: status === "delivered" ? "delivered" : "sent", ref };
}

/** The demo network, the only fake in the product, behind the same port as real providers. For 0004 the account `demo` is down. */
export const demoNetwork: ProviderKind = {
  kind: "demo",
  channels: ["SMS", "VOICE"],
  receipts: "session",
  settings: z.object({}),
  secrets: z.object({}),
  words: { about: { ja: "デモ用の携帯電話", en: "the demo phone" }, sender: { ja: "なし", en: "none" }, settings: {}, secrets: {} },
  create: ({ name }) => ({ send: (delivery) => hand(delivery, name === "demo") }),
};
