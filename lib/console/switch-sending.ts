import { reasonOf } from "#lib/console/reason";
import { type StopScope, startSendingIn, stopSendingIn } from "#lib/delivery/stops";
import { env } from "#lib/env";
import type { Refused } from "#lib/errors";
import { fail, ok, type Result } from "#lib/result";
import type { Acting } from "#lib/sessions/step-up";
import { actAsStaff } from "#lib/staff/act";

/** The kill switch of the console: what `npm run kill` does, as acts of staff (J08). */

const channels = { sms: "SMS", voice: "VOICE", mail: "EMAIL" } as const;
type ChannelWord = keyof typeof channels;

/** Every act of the switch. */
export const switchActs = ["stop_sms", "start_sms", "stop_voice", "start_voice", "stop_mail", "start_mail"] as const;
export type SwitchAct = (typeof switchActs)[number];

/** The act that ends a stop of a channel. */
export const startOf = (channel: StopScope["channel"]): SwitchAct =>
  `start_${(Object.keys(channels) as ChannelWord[]).find((word) => channels[word] === channel) ?? "sms"}`;

/** The countries that texts and calls go to. */
export const sendingCountries = (): string[] =>
  env()
    .ALLOWED_COUNTRIES.split(",")
    .map((country) => country.trim());

const wrong = (field: "country" | "provider" | "mail"): Refused => ({ code: "invalid_input", fields: { [field]: "invalid_input" } });

/**
 * Stops or resumes sending by a channel, to one country or all, by one provider account or all, on every instance from the commit on. A stop needs a
 * reason, so that one press by mistake stops nothing. Refusals: those of `requireStaff`, an invalid `reason`, `country` or `provider`, `mail` with one
 * of them, and `not_allowed` with `no_change`.
 */
export async function switchSending(
  acting: Acting,
  act: SwitchAct,
  { country = "", provider = "", reason = "" }: { country?: string; provider?: string; reason?: string },
): Promise<Result<null, Refused>> {
  const [verb, word] = act.split("_") as ["stop" | "start", ChannelWord];
  const why = verb === "stop" ? reasonOf(reason) : ok(undefined);
  if (!why.ok) return why;
  const named = country.trim().toUpperCase() || null;
  // What was stopped to a country can be started, even if the country is no longer allowed.
  if (named && verb === "stop" && !sendingCountries().includes(named)) return fail(wrong("country"));
  const scope: StopScope = { channel: channels[word], country: named, provider: provider.trim() || null };
  return actAsStaff(acting, { act: "health.switch", ...(why.value === undefined ? {} : { reason: why.value }) }, async (tx, { by }) => {
    const done = await (verb === "stop" ? stopSendingIn : startSendingIn)(tx, scope, by);
    if (!done.ok) return fail(wrong(done.error === "mail_has_no_country_or_provider" ? "mail" : "provider"));
    return done.value ? ok(null) : fail({ code: "not_allowed", reason: "no_change" });
  });
}
