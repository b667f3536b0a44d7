import type { PhoneChannel } from "#lib/delivery/provider";
import type { TrialState } from "#lib/delivery/provider-accounts/trial";
import type { Said } from "#lib/delivery/providers/said";
import { saidInWords } from "#lib/delivery/wording/provider-said";
import { CommandRefusal } from "../machine/refusal.ts";
import { onStop, stopAll } from "../machine/stop.ts";
import { channelArgument, type Values } from "./arguments.ts";
import { inWords } from "./language.ts";
import { afterCall, beforeCall, noReceipt, numberProblem, secondsWords, stateWords, trialProblem } from "./trial-words.ts";

/** Returns the seconds to follow a trial and its language from the options. */
function judged(values: Values): { wait: number; locale: "ja" | "en" } {
  const wait = Number(values.wait ?? 60);
  if (!(wait >= 0 && wait <= 3600))
    throw new CommandRefusal(inWords({ en: "--wait takes seconds, at most 3600.", ja: "--wait は 3600 以下の秒数にしてください。" }));
  if (values.locale !== undefined && !/^(?:ja|en)$/.test(values.locale))
    throw new CommandRefusal(inWords({ en: "--locale is ja or en.", ja: "--locale は ja か en にしてください。" }));
  return { wait, locale: values.locale === "en" ? "en" : "ja" };
}

const isOpen = ({ status }: TrialState) => status === "queued" || status === "sent";

/** Prints each new state with the seconds since the start, and the provider's answer below a failure. */
function teller() {
  const began = Date.now();
  return {
    seconds: () => (Date.now() - began) / 1000,
    say({ status, reason }: TrialState, said: Said | null) {
      console.log(`${secondsWords((Date.now() - began) / 1000)}  ${stateWords(status, reason)}`);
      const told = said && !["sent", "delivered"].includes(status) ? inWords(saidInWords(said)) : "";
      for (const line of told.split("\n").filter(Boolean)) console.log(`          ${line}`);
    },
  };
}

/** `test`: sends a real text or call through one account and follows it to its receipt; exit code 1 unless the provider accepted it. */
export async function trial(name: string, typed: string, values: Values) {
  const { parseNumber } = await import("#lib/authenticators/phones/number");
  const { env } = await import("#lib/env");
  const { sendTrial } = await import("#lib/delivery/provider-accounts/trial");
  const { closeConnections } = await import("#lib/delivery/provider-accounts/connections");
  onStop(closeConnections);
  const number = parseNumber(typed, env().ALLOWED_COUNTRIES.split(","));
  if (!number.ok) throw new CommandRefusal(numberProblem(number.error, env().ALLOWED_COUNTRIES));
  const { wait, locale } = judged(values);
  const channel = channelArgument(values.channel) ?? (number.value.landline ? "VOICE" : "SMS");
  const to = number.value.e164;
  if (channel === "VOICE") console.log(`${beforeCall()}\n`);
  const { say, seconds } = teller();
  const sent = await sendTrial({ name, to, channel, locale });
  if (!sent.ok) throw new CommandRefusal(trialProblem(sent.error, name, channel));
  say(sent.value, sent.value.said);
  const { status } = await followed(sent.value, { channel, to }, () => seconds() < wait, say);
  if (channel === "VOICE") console.log(afterCall(status));
  if (status === "sent") console.log(noReceipt(env().publicOrigin));
  await stopAll(["sent", "delivered"].includes(status) ? 0 : 1);
}

/** Follows a trial to its end or until `more` returns false; queries the provider every three seconds. */
async function followed(
  first: TrialState,
  to: { channel: PhoneChannel; to: string },
  more: () => boolean,
  say: (state: TrialState, said: Said | null) => void,
): Promise<TrialState> {
  const { askAboutTrial, trialState } = await import("#lib/delivery/provider-accounts/trial");
  let state = first;
  let said: Said | null = null;
  for (let round = 1; isOpen(state) && more(); round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    if (round % 6 === 0) said = await askAboutTrial(state, to);
    const next = (await trialState(state.attemptId)) ?? state;
    if (next.status !== state.status) say(next, said);
    state = next;
  }
  return state;
}
