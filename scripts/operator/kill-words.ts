import type { Stop, StopProblem, StopScope } from "#lib/delivery/stops";

const CHANNELS = { SMS: "Texts", VOICE: "Calls", EMAIL: "Mail" } as const;

/** Returns a scope in words: `Texts to JP by karaden`. */
export const scopeWords = ({ channel, country, provider }: StopScope): string =>
  [CHANNELS[channel], ...(country ? [`to ${country}`] : []), ...(provider ? [`by ${provider}`] : [])].join(" ");

const optionsOf = ({ channel, country, provider }: StopScope): string =>
  [
    channel === "EMAIL" ? "mail" : channel.toLowerCase(),
    "on",
    ...(country ? [`--country ${country}`] : []),
    ...(provider ? [`--provider ${provider}`] : []),
  ].join(" ");

/** Lists the current stops, each with the command that ends it. */
export const describeStops = (stops: readonly Stop[]): string =>
  stops.length === 0
    ? "Nothing is stopped."
    : stops.map((stop) => `Stopped since ${stop.since}: ${scopeWords(stop)}\n  ends with: npm run kill -- ${optionsOf(stop)}`).join("\n");

/** Returns why a switch was refused. */
export const describeStopProblem = (problem: StopProblem, { channel, provider }: StopScope): string =>
  ({
    no_such_provider: `There is no provider account ${provider}. Nothing was changed.`,
    provider_does_not_carry: `${provider} does not carry ${CHANNELS[channel].toLowerCase()}: such a stop would stop nothing. Nothing was changed.`,
    mail_has_no_country_or_provider: "Mail goes to no country and by no provider account: npm run kill -- mail off. Nothing was changed.",
  })[problem];
