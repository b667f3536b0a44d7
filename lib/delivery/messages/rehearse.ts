import { rehearsalCode } from "#lib/crypto/rehearsal-code";
import { sql, transaction } from "#lib/db/sql";
import { handOver } from "#lib/delivery/messages/hand-over";
import { endMessage } from "#lib/delivery/messages/record";
import type { Delivery, PhoneChannel } from "#lib/delivery/provider";
import { routeOf } from "#lib/delivery/provider-accounts/route-of";
import { segmentsOf } from "#lib/delivery/wording/segments";
import { serviceOf } from "#lib/delivery/wording/service";
import { ownBodies } from "#lib/delivery/wording/templates";
import { type CodeTemplate, type Locale, rehearsed, sentText } from "#lib/delivery/wording/texts";
import { spokenCode, voiceGreeting, voiceText } from "#lib/delivery/wording/voice";
import { env } from "#lib/env";
import { ALL, brakeSeconds } from "#lib/limits/brakes";
import { budgetTakes } from "#lib/limits/budgets";
import { takeLimits } from "#lib/limits/take";

/** A text or call of the set-up guide. It takes the way of every text; what an operator leaves out is left out for this message alone. */

/** A rehearsal whose rows are written. `to` is E.164; `only` names the one account to ask; `leftOut` names those that are not asked; `template` is whose body is sent. */
export type Rehearsed = {
  id: string;
  messageId: string;
  to: string;
  country: string;
  channel: PhoneChannel;
  locale: Locale;
  template: CodeTemplate;
  only: string | null;
  leftOut: readonly string[];
};

type Wording = Pick<Rehearsed, "channel" | "locale" | "template">;

/** Returns the words of a rehearsal: those of a template as it is sent now, with the purpose of a test. `code` has six characters. */
export async function rehearsedWords({ channel, locale, template }: Wording, code: string): Promise<string> {
  const service = serviceOf(locale);
  if (channel === "VOICE") return voiceText(rehearsed, locale, code, service);
  const own = (await ownBodies()).find((one) => one.template === template && one.locale === locale);
  return sentText(rehearsed, locale, code, service, own?.body ?? null);
}

const HIDDEN = "••••••";

/** Returns the same words for the record, with dots in place of the code. */
export async function hiddenWords(wording: Wording): Promise<string> {
  if (wording.channel === "SMS") return rehearsedWords(wording, HIDDEN);
  return (await rehearsedWords(wording, "000000")).replaceAll(spokenCode(wording.locale, "000000"), HIDDEN);
}

/** Takes one from the budgets of all texts, and never from what is kept for proven numbers. */
async function takeBudget(country: string): Promise<boolean> {
  if ((await brakeSeconds(sql, "month_budget", ALL, country)) > 0) return false;
  const refusal = await transaction((tx) => takeLimits(tx, budgetTakes(country)));
  return refusal === null;
}

/** Hands a rehearsal over, and records what came of it as for any message. Where no account is left its message ends as in an outage. */
export async function sendRehearsed({ id, messageId, to, country, channel, locale, template, only, leftOut }: Rehearsed): Promise<void> {
  const candidates = (await routeOf(channel, country, only)).filter(({ name }) => !leftOut.includes(name));
  if (candidates.length === 0) return endMessage(messageId, "provider_down");
  if (!(await takeBudget(country))) return endMessage(messageId, "budget_spent");
  const code = rehearsalCode(id);
  const text = await rehearsedWords({ channel, locale, template }, code);
  const common = { to, text, code, locale, validSeconds: env().OTP_TTL_SECONDS };
  const said = channel === "SMS" ? { channel, ...common } : { channel, ...common, greeting: voiceGreeting(locale, serviceOf(locale)) };
  await handOver({
    messageId,
    channel,
    segments: channel === "SMS" ? segmentsOf(text) : null,
    candidates,
    tried: [],
    tries: 0,
    deliveryOf: (attemptId) => ({ ...said, attemptId }) as Delivery,
  });
}
