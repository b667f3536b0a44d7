import { inWords } from "./language.ts";

/** Returns the product's own message for an error of `parseArgs`. */
export function optionProblem(error: unknown): string {
  const { code, message = "" } = error as { code?: string; message?: string };
  // Only the option's name is printed: its value can be a secret.
  const option = /--?[A-Za-z][\w-]{0,30}/.exec(message)?.[0] ?? "";
  if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION")
    return inWords({ en: `There is no option ${option}.`, ja: `${option} というオプションはありません。` });
  if (code === "ERR_PARSE_ARGS_INVALID_OPTION_VALUE")
    return message.includes("does not take an argument")
      ? inWords({ en: `${option} takes no value.`, ja: `${option} に値は付けられません。` })
      : inWords({ en: `${option} needs a value behind it.`, ja: `${option} の後に値を書いてください。` });
  if (code === "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL")
    return inWords({ en: "There is a word too much behind the command.", ja: "コマンドの後に、余分な語があります。" });
  return inWords({ en: "The options could not be read.", ja: "オプションを読み取れません。" });
}
