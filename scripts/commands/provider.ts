import type { ProviderAccountProblem } from "#lib/delivery/provider-accounts/shape";
import { silenceLog } from "#lib/log";
import type { Result } from "#lib/result";
import { prepareDatabase, prepareEnvironment } from "../machine/prepare.ts";
import { CommandRefusal } from "../machine/refusal.ts";
import { stopAll, untilStopped } from "../machine/stop.ts";
import { channelArgument, entriesOf, readArguments, type Values } from "../operator/arguments.ts";
import { kindLine, kindPage } from "../operator/kind-words.ts";
import { inWords } from "../operator/language.ts";
import { askSecrets, secretsFromEnvironment, secretsFromInput, variableOf } from "../operator/secrets.ts";
import { trial } from "../operator/trial.ts";
import { asJson, describe, usage } from "../operator/words.ts";

/** `npm run provider -- add|change|list|kinds|test|order|disable|enable|remove`: manages the provider accounts for texts and calls. */

function must<T>(result: Result<T, ProviderAccountProblem[]>): T {
  if (result.ok) return result.value;
  const secret = result.error.find(({ field }) => field.startsWith("secret "))?.field.slice(7);
  const variable = secret && variableOf(secret);
  const how = secret
    ? inWords({
        en: `\n\nA secret is asked for at a terminal, or read from ${variable}, or from a line ${secret}=… of standard input.`,
        ja: `\n\n秘密情報は、端末で入力するか、環境変数 ${variable} か、標準入力の行 ${secret}=… で渡してください。`,
      })
    : "";
  const lines = result.error.map(({ field, problem, ja }) => `  ${field}${inWords({ en: `: ${problem}`, ja: `：${ja}` })}`).join("\n");
  const nothing = inWords({ en: "Nothing was changed:", ja: "何も変更していません。" });
  throw new CommandRefusal(`${nothing}\n${lines}${how}`);
}

type Asking = "required" | "all" | "nothing";

/**
 * Reads the secrets of a kind from the environment, standard input or a terminal prompt, never from arguments: other users of the machine can read
 * those.
 */
async function secretsFor(kindName: string, values: Values, asking: Asking): Promise<Record<string, string>> {
  const { kindOf } = await import("#lib/delivery/providers/kinds");
  const kind = kindOf(kindName);
  if (!kind) return {};
  const names = Object.keys(kind.secrets.shape);
  const inArguments = (values.set ?? []).map((entry) => entry.split("=")[0] ?? "").find((name) => names.includes(name));
  if (inArguments)
    throw new CommandRefusal(
      inWords({
        en: `${inArguments} is a secret: give it on standard input as ${inArguments}=… or in the environment, not as an argument.`,
        ja: `${inArguments} は秘密情報です。引数ではなく、標準入力の行 ${inArguments}=… か環境変数で渡してください。`,
      }),
    );
  const required = names.filter((name) => !kind.secrets.shape[name]?.safeParse(undefined).success);
  const inEnvironment = secretsFromEnvironment(names);
  const missing = (from: Record<string, string>) => (asking === "nothing" ? [] : required.filter((name) => from[name] === undefined));
  const given = { ...inEnvironment, ...(await secretsFromInput(names, missing(inEnvironment).length > 0)) };
  const asked = asking === "all" ? names.filter((name) => given[name] === undefined) : missing(given);
  if (!process.stdin.isTTY || asked.length === 0) return given;
  // An empty answer at the terminal means that the secret is not given.
  const typed = Object.entries(await askSecrets(asked)).filter(([, value]) => value !== "");
  return { ...given, ...Object.fromEntries(typed) };
}

/** Refuses a base address inside the operator's network; a name that is not found yet is judged when it is connected to. */
async function refuseInside(baseUrl: string | undefined): Promise<void> {
  const { allowedInside, judgeBaseUrl } = await import("#lib/delivery/provider-accounts/private-address");
  if (!baseUrl || (await judgeBaseUrl(baseUrl, allowedInside())) !== "private") return;
  throw new CommandRefusal(
    inWords({
      en: "Nothing was changed: this address leads into your own network. Name its host in PROVIDER_PRIVATE_HOSTS if that is meant.",
      ja: "何も変更していません。このアドレスは社内のネットワークにつながります。使う場合は、設定 PROVIDER_PRIVATE_HOSTS にホスト名を書いてください。",
    }),
  );
}

async function add(name: string, values: Values) {
  const { addProviderAccount } = await import("#lib/delivery/provider-accounts/store");
  const kind = values.kind ?? "";
  await refuseInside(values["base-url"]);
  const line = must(await addProviderAccount({ ...entriesOf(values), name, kind, secrets: await secretsFor(kind, values, "required") }));
  const [done, next] = [inWords({ en: "Added.", ja: "登録しました。" }), inWords({ en: "Try it:", ja: "試すには：" })];
  const trying = line.routes.length > 0 ? [`${next} npm run provider -- test ${name} +8190…`] : [];
  console.log([done, describe(line), ...trying].join("\n\n"));
}

async function change(name: string, values: Values) {
  const { changeProviderAccount, listProviderAccounts } = await import("#lib/delivery/provider-accounts/store");
  await refuseInside(values["base-url"]);
  const [line] = await listProviderAccounts(name);
  const secrets = await secretsFor(line?.kind ?? "", values, values.secrets ? "all" : "nothing");
  const entries = entriesOf(values);
  const replaced = Object.keys(secrets);
  if (line && replaced.length === 0 && (values.secrets || Object.keys(entries).length === 0)) {
    const nothing = values.secrets
      ? inWords({ en: "Nothing was changed: no secret was given.", ja: "何も変更していません。秘密情報が渡されていません。" })
      : inWords({ en: "Nothing was changed: name what to change.", ja: "何も変更していません。変更する項目を指定してください。" });
    throw new CommandRefusal(`${nothing}\n\n${usage()}`);
  }
  const changed = must(await changeProviderAccount(name, { ...entries, secrets }));
  // Printed in both cases: a secret that arrived too late on standard input must not be taken for the stored one.
  const names = replaced.join(", ");
  const said =
    replaced.length > 0
      ? inWords({ en: `Changed; new secrets: ${names}.`, ja: `変更しました。新しい秘密情報：${names}` })
      : inWords({ en: "Changed; secrets stay as they were.", ja: "変更しました。秘密情報は変わりません。" });
  console.log(`${said}\n\n${describe(changed)}`);
}

async function show(name: string | undefined, values: Values) {
  const { listProviderAccounts } = await import("#lib/delivery/provider-accounts/store");
  const { env } = await import("#lib/env");
  const lines = (await listProviderAccounts(name)).filter((line) => line.kind !== "demo" || env().demo);
  if (values.json) return console.log(JSON.stringify(lines.map(asJson), null, 2));
  if (name !== undefined && lines.length === 0)
    throw new CommandRefusal(inWords({ en: `There is no account ${name}.`, ja: `${name} は登録されていません。` }));
  const none = {
    en: "There are no provider accounts yet: npm run provider -- add …",
    ja: "送信サービスはまだ登録されていません：npm run provider -- add …",
  };
  console.log(lines.length === 0 ? inWords(none) : lines.map(describe).join("\n\n"));
}

async function showKinds(name: string) {
  const { kinds } = await import("#lib/delivery/providers/kinds");
  const entered = kinds.filter((one) => one.kind !== "demo");
  const more = inWords({ en: "What one needs: npm run provider -- kinds KIND", ja: "必要な設定の説明：npm run provider -- kinds KIND" });
  if (name === "") return console.log(`${entered.map(kindLine).join("\n")}\n\n${more}`);
  const kind = entered.find((one) => one.kind === name);
  const known = entered.map((one) => one.kind).join(", ");
  if (!kind)
    throw new CommandRefusal(inWords({ en: `There is no such kind. The kinds are ${known}.`, ja: `その種類はありません。種類：${known}` }));
  console.log(kindPage(kind));
}

async function order(names: string[], values: Values) {
  const { orderProviderAccounts } = await import("#lib/delivery/provider-accounts/routes");
  const channel = channelArgument(values.channel);
  const country = values.country?.toUpperCase();
  must(await orderProviderAccounts(names, { ...(channel ? { channel } : {}), ...(country ? { country } : {}) }));
  await show(undefined, values);
}

async function obey([verb = "", name = "", ...rest]: string[], values: Values): Promise<void> {
  const { removeProviderAccount, setProviderAccountDisabled } = await import("#lib/delivery/provider-accounts/store");
  if (verb === "list") return show(name || undefined, values);
  if (verb === "kinds") return showKinds(name);
  if (verb === "add") return add(name, values);
  if (verb === "change") return change(name, values);
  if (verb === "order") return order([name, ...rest], values);
  if (verb === "test") return trial(name, rest.join(""), values);
  must(await (verb === "remove" ? removeProviderAccount(name) : setProviderAccountDisabled(name, verb === "disable")));
  const done: Record<string, string> = { remove: "削除しました", disable: "無効にしました", enable: "有効にしました" };
  console.log(inWords({ en: `${name} is ${verb}d.`, ja: `${name} を${done[verb]}。` }));
}

await untilStopped(async () => {
  const asked = readArguments();
  if (!asked) {
    console.log(usage());
    return stopAll(process.argv.length > 2 ? 0 : 1);
  }
  await prepareEnvironment({ listens: false });
  silenceLog();
  await prepareDatabase();
  const { readSealFormat } = await import("#lib/db/seal-format");
  await readSealFormat();
  await obey(asked.positionals, asked.values);
  await stopAll(0);
});
