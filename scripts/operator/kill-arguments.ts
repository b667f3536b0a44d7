import { parseArgs } from "node:util";
import { isSupportedCountry } from "libphonenumber-js/max";
import type { StopScope } from "#lib/delivery/stops";
import { CommandRefusal } from "../machine/refusal.ts";
import { optionProblem } from "./option-words.ts";

/** The arguments of `npm run kill --`, checked before any change. */

export const KILL_USAGE = `npm run kill                                    what is stopped now
npm run kill -- sms|voice|mail off [options]    stops sending within a second, on every instance
npm run kill -- sms|voice|mail on [options]     ends the stop that "off" with the same options made

--country JP        texts or calls to this country alone
--provider NAME     by this provider account alone; others carry what it would have carried

Stops add up: what any of them covers is not sent, and "on" ends its own stop alone. What is being handed over goes out, what waits ends as
failed and is not sent later; people are offered other ways.`;

const channels: Record<string, StopScope["channel"]> = { sms: "SMS", voice: "VOICE", mail: "EMAIL" };

function countryOf(typed: string | undefined): string | null {
  if (typed === undefined) return null;
  const country = typed.toUpperCase();
  // A stop for an unknown country would have no effect.
  if (!isSupportedCountry(country)) throw new CommandRefusal(`--country takes two letters as in JP or US; there is no country ${typed}.`);
  return country;
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: { country: { type: "string" }, provider: { type: "string" }, help: { type: "boolean", short: "h" } },
      allowPositionals: true,
    });
  } catch (error) {
    throw new CommandRefusal(`${optionProblem(error)}\n\n${KILL_USAGE}`);
  }
}

/** Returns the requested switch, or "list" or "help". */
export function readKill(args: string[]): { scope: StopScope; off: boolean } | "list" | "help" {
  const { positionals, values } = parse(args);
  if (values.help) return "help";
  if (args.length === 0) return "list";
  const [name = "", position = "", ...more] = positionals.map((one) => one.toLowerCase());
  const channel = Object.hasOwn(channels, name) ? channels[name] : undefined;
  if (!channel || !["on", "off"].includes(position) || more.length > 0) throw new CommandRefusal(`Nothing was changed.\n\n${KILL_USAGE}`);
  return { scope: { channel, country: countryOf(values.country), provider: values.provider ?? null }, off: position === "off" };
}
