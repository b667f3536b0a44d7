import { orderProviderAccounts } from "#lib/delivery/provider-accounts/routes";
import { addProviderAccount, setProviderAccountDisabled } from "#lib/delivery/provider-accounts/store";
import { startSending, stopSending } from "#lib/delivery/stops";
import { addKey } from "#lib/keys/store";
import { queueTexts, stillQueued } from "./queue-texts.ts";

/** Runs the product's own code on one database in a separate process: creates the provider account, queues texts, counts the remaining ones. */

export type TextsOrder =
  | { do: "account"; url: string; alone?: boolean }
  | { do: "key" }
  | { do: "queue"; count: number; from: number }
  | { do: "left" }
  | { do: "stop" }
  | { do: "start" };

async function obey(order: Exclude<TextsOrder, { do: "key" }>): Promise<number> {
  if (order.do === "left") return stillQueued();
  if (order.do === "queue") return (await queueTexts(order.count, order.from)).length;
  if (order.do === "stop" || order.do === "start") {
    const scope = { channel: "SMS", country: null, provider: null } as const;
    const done = await (order.do === "stop" ? stopSending : startSending)(scope, "bench");
    if (!done.ok) throw new Error(done.error);
    return 1;
  }
  const secret = "bench".repeat(8);
  const added = await addProviderAccount({ name: "bench", kind: "webhook", channels: ["sms"], baseUrl: order.url, secrets: { secret } });
  if (!added.ok) throw new Error(JSON.stringify(added.error));
  await orderProviderAccounts(["bench"]);
  // With a single provider account, a text whose worker died can only be retried through that account.
  if (order.alone) for (const name of ["demo", "demo-2"]) await setProviderAccountDisabled(name, true);
  return 1;
}

/** Makes a key of another system and returns its secret. */
async function makeKey(): Promise<string> {
  const made = await addKey({ name: "bench", scopes: ["verify"], countries: null, sendsPerDay: null }, "bench");
  if (!made.ok) throw new Error(made.error);
  return made.value;
}

process.on("message", (order: TextsOrder) => {
  const work = order.do === "key" ? makeKey().then((secret) => ({ secret })) : obey(order).then((count) => ({ count }));
  work.then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on("disconnect", () => process.exit(0));
