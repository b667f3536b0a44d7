import { parseArgs } from "node:util";
import type { ProviderAccountInput } from "#lib/delivery/provider-accounts/shape";
import { CommandRefusal } from "../machine/refusal.ts";
import { inWords } from "./language.ts";
import { optionProblem } from "./option-words.ts";
import { usage } from "./words.ts";

/** The arguments of `npm run provider --`, checked before any change. */

const options = {
  kind: { type: "string" },
  channels: { type: "string" },
  countries: { type: "string" },
  order: { type: "string" },
  weight: { type: "string" },
  price: { type: "string" },
  sender: { type: "string" },
  "base-url": { type: "string" },
  set: { type: "string", multiple: true },
  channel: { type: "string" },
  country: { type: "string" },
  locale: { type: "string" },
  wait: { type: "string" },
  secrets: { type: "boolean" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

export type Values = ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>["values"];

const ENTRIES = ["channels", "countries", "order", "weight", "price", "sender", "base-url", "set"];

/** How many names each verb takes and which options: an option that the verb does not use is refused instead of ignored. */
const verbs: Record<string, { names: [least: number, most: number]; options: string[] }> = {
  list: { names: [0, 1], options: ["json"] },
  kinds: { names: [0, 1], options: [] },
  add: { names: [1, 1], options: ["kind", ...ENTRIES] },
  change: { names: [1, 1], options: ["secrets", ...ENTRIES] },
  order: { names: [1, 100], options: ["channel", "country"] },
  test: { names: [2, 9], options: ["channel", "locale", "wait"] },
  disable: { names: [1, 1], options: [] },
  enable: { names: [1, 1], options: [] },
  remove: { names: [1, 1], options: [] },
};

function judge([verb = "", ...names]: string[], values: Values): void {
  const known = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  const unknown = inWords({ en: "There is no such command.", ja: "そのコマンドはありません。" });
  if (!known) throw new CommandRefusal(`${unknown}\n\n${usage()}`);
  const [least, most] = known.names;
  if (names.length < least) {
    const needs = { en: verb === "test" ? "a name and a number" : "a name", ja: verb === "test" ? "名前と電話番号" : "名前" };
    const missing = inWords({ en: `${verb} needs ${needs.en}.`, ja: `${verb} には${needs.ja}が必要です。` });
    throw new CommandRefusal(`${missing}\n\n${usage()}`);
  }
  if (names.length > most)
    throw new CommandRefusal(
      most === 0
        ? inWords({ en: `${verb} takes no name.`, ja: `${verb} の後に名前は書けません。` })
        : inWords({
            en: `${verb} takes one name: there is a word too much behind it.`,
            ja: `${verb} の後に書ける名前は1つです。余分な語があります。`,
          }),
    );
  const odd = Object.keys(values).find((name) => !known.options.includes(name));
  if (odd) throw new CommandRefusal(inWords({ en: `${verb} does not take --${odd}.`, ja: `${verb} では --${odd} を使えません。` }));
}

/** Returns the verb with its names, and the options; null when help was requested. */
export function readArguments(): { positionals: string[]; values: Values } | null {
  try {
    const { positionals, values } = parseArgs({ options, allowPositionals: true });
    if (values.help || positionals.length === 0) return null;
    judge(positionals, values);
    return { positionals, values };
  } catch (error) {
    if (error instanceof CommandRefusal) throw error;
    throw new CommandRefusal(`${optionProblem(error)}\n\n${usage()}`);
  }
}

const list = (value: string) =>
  value
    .split(",")
    .map((entry) => entry.trim())
    .filter(Boolean);

/** Returns the given options as entries of an account; options that were not given stay absent. */
export function entriesOf(values: Values): Partial<ProviderAccountInput> {
  const settings = Object.fromEntries(
    (values.set ?? []).map((entry) => {
      const at = entry.indexOf("=");
      if (at < 1) throw new CommandRefusal(inWords({ en: "--set takes name=value.", ja: "--set は 名前=値 の形で書いてください。" }));
      return [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
  return {
    ...(values.channels === undefined ? {} : { channels: list(values.channels) }),
    ...(values.countries === undefined ? {} : { countries: list(values.countries.toUpperCase()) }),
    ...(values.order === undefined ? {} : { order: Number(values.order) }),
    ...(values.weight === undefined ? {} : { weight: Number(values.weight) }),
    ...(values.price === undefined ? {} : { price: values.price }),
    ...(values.sender === undefined ? {} : { sender: values.sender }),
    ...(values["base-url"] === undefined ? {} : { baseUrl: values["base-url"] }),
    ...(values.set === undefined ? {} : { settings }),
  };
}

/** Returns the channel of --channel, or undefined. */
export const channelArgument = (value: string | undefined) => {
  if (value === undefined) return undefined;
  if (!/^(?:sms|voice)$/i.test(value))
    throw new CommandRefusal(inWords({ en: "--channel is sms or voice.", ja: "--channel は sms か voice にしてください。" }));
  return value.toUpperCase() as "SMS" | "VOICE";
};
