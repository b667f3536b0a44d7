import { Refusal } from "../refusal.ts";
import { onStop, stopAll } from "../stop.ts";
import { channelOf, type Values } from "./arguments.ts";

/** `test`: a real text or call through one account, followed to its receipt; exit 1 unless it was taken. */
export async function trial(name: string, typed: string, values: Values) {
  const { parseNumber } = await import("#lib/phones/number");
  const { env } = await import("#lib/env");
  const { askAboutTrial, sendTrial, trialState } = await import("#lib/delivery/trial");
  const { closeConnections } = await import("#lib/delivery/connections");
  onStop(closeConnections);
  const number = parseNumber(typed, env().ALLOWED_COUNTRIES.split(","));
  if (!number.ok) throw new Refusal(`That number is not accepted (${number.error}). Countries: ${env().ALLOWED_COUNTRIES}.`);
  const wait = Number(values.wait ?? 60);
  if (!(wait >= 0 && wait <= 3600)) throw new Refusal("--wait takes seconds, at most 3600.");
  if (values.locale !== undefined && !/^(?:ja|en)$/.test(values.locale)) throw new Refusal("--locale is ja or en.");
  const channel = channelOf(values.channel) ?? (number.value.landline ? "VOICE" : "SMS");
  const began = Date.now();
  const say = (status: string, reason: string | null) =>
    console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${status}${reason ? ` (${reason})` : ""}`);
  const sent = await sendTrial({ name, to: number.value.e164, channel, locale: values.locale === "en" ? "en" : "ja" });
  if (!sent.ok) throw new Refusal(sent.error);
  let state = sent.value;
  say(state.status === "queued" ? "no answer from the provider" : state.status, state.reason);
  const until = began + wait * 1000;
  for (let round = 1; ["queued", "sent"].includes(state.status) && Date.now() < until; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    if (round % 6 === 0) await askAboutTrial(state, channel);
    const next = (await trialState(state.attemptId)) ?? state;
    if (next.status !== state.status) say(next.status, next.reason);
    state = next;
  }
  if (state.status === "sent")
    console.log(
      `The provider took it; no receipt came in the time given (--wait seconds). Receipts come to ${env().origin}, where an instance must be running.`,
    );
  await stopAll(["sent", "delivered"].includes(state.status) ? 0 : 1);
}
