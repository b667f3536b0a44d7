import { type ParseArgsConfig, parseArgs } from "node:util";
import { CommandRefusal } from "../machine/refusal.ts";
import { inWords } from "./language.ts";
import { optionProblem } from "./option-words.ts";

/** A verb of a command: how many words follow it, and which options it takes. */
export type Verb = { words: [least: number, most: number]; options?: string[] };

/** A verb with its words and the values of its options. */
export type Asked = { verb: string; words: string[]; values: Record<string, string | undefined> };

/**
 * Reads `VERB WORD… --option VALUE` and checks it before any change; "help" where that is asked for. An option that the verb does not use is refused
 * instead of ignored.
 */
export function readVerb(args: string[], verbs: Record<string, Verb>, usage: () => string): Asked | "help" {
  const names = [...new Set(Object.values(verbs).flatMap(({ options = [] }) => options))];
  const options: ParseArgsConfig["options"] = {
    ...Object.fromEntries(names.map((name) => [name, { type: "string" as const }])),
    help: { type: "boolean", short: "h" },
  };
  const refuse = (said: { en: string; ja: string }): never => {
    throw new CommandRefusal(`${inWords({ en: `Nothing was changed. ${said.en}`, ja: `何も変更していません。${said.ja}` })}\n\n${usage()}`);
  };
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    const said = optionProblem(error);
    return refuse({ en: said, ja: said });
  }
  const { positionals, values } = parsed;
  if (values.help) return "help";
  const [verb = "", ...words] = positionals;
  const known = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (!known)
    return refuse(
      verb === ""
        ? { en: "Say what to do.", ja: "コマンドの後に、することを書いてください。" }
        : { en: `There is no "${verb}".`, ja: `「${verb}」という操作はありません。` },
    );
  const [least, most] = known.words;
  if (words.length < least) return refuse({ en: `${verb} needs more words behind it.`, ja: `${verb} の後に必要な語が足りません。` });
  if (words.length > most) return refuse({ en: "There is a word too much.", ja: "余分な語があります。" });
  const odd = Object.keys(values).find((name) => !known.options?.includes(name));
  if (odd) return refuse({ en: `${verb} does not take --${odd}.`, ja: `${verb} では --${odd} を使えません。` });
  return { verb, words, values: values as Asked["values"] };
}
