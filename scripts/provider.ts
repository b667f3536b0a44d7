import type { ShapeProblem } from "#lib/delivery/account-shape";
import type { Result } from "#lib/result";
import { channelOf, entriesOf, readArguments, type Values } from "./operator/arguments.ts";
import { askSecrets, secretsFromEnvironment, secretsFromInput, variableOf } from "./operator/secrets.ts";
import { trial } from "./operator/trial.ts";
import { describe, USAGE } from "./operator/words.ts";
import { prepareDatabase, prepareEnvironment } from "./prepare.ts";
import { Refusal } from "./refusal.ts";
import { stopAll, untilStopped } from "./stop.ts";

/** `npm run provider -- add|change|list|kinds|test|order|disable|enable|remove`: the accounts that texts and calls go out by. */

function must<T>(result: Result<T, ShapeProblem[]>): T {
  if (result.ok) return result.value;
  const secret = result.error.find(({ field }) => field.startsWith("secret "))?.field.slice(7);
  const how = secret
    ? `\n\nA secret is asked for at a terminal, or read from ${variableOf(secret)}, or from a line ${secret}=… of standard input.`
    : "";
  throw new Refusal(`Nothing was changed:\n${result.error.map(({ field, problem }) => `  ${field}: ${problem}`).join("\n")}${how}`);
}

type Asking = "required" | "all" | "nothing";

/** The secrets of a kind, from the environment, standard input, or asked for at a terminal; never from the arguments, which others can see. */
async function secretsFor(kindName: string, values: Values, asking: Asking): Promise<Record<string, string>> {
  const { kindOf } = await import("#lib/delivery/providers/kinds");
  const kind = kindOf(kindName);
  if (!kind) return {};
  const names = Object.keys(kind.secrets.shape);
  const inArguments = (values.set ?? []).map((entry) => entry.split("=")[0] ?? "").find((name) => names.includes(name));
  if (inArguments)
    throw new Refusal(
      `${inArguments} is a secret: give it on standard input as ${inArguments}=… or in the environment, not as an argument.`,
    );
  const required = names.filter((name) => !kind.secrets.shape[name]?.safeParse(undefined).success);
  const inEnvironment = secretsFromEnvironment(names);
  const missing = (from: Record<string, string>) => (asking === "nothing" ? [] : required.filter((name) => from[name] === undefined));
  const given = { ...inEnvironment, ...(await secretsFromInput(names, missing(inEnvironment).length > 0)) };
  const asked = asking === "all" ? names.filter((name) => given[name] === undefined) : missing(given);
  if (!process.stdin.isTTY || asked.length === 0) return given;
  // What is left empty at a terminal is not given.
  const typed = Object.entries(await askSecrets(asked)).filter(([, value]) => value !== "");
  return { ...given, ...Object.fromEntries(typed) };
}

async function add(name: string, values: Values) {
  const { addAccount } = await import("#lib/delivery/accounts");
  const kind = values.kind ?? "";
  const line = must(await addAccount({ ...entriesOf(values), name, kind, secrets: await secretsFor(kind, values, "required") }));
  console.log(`Added.\n\n${describe(line)}\n\nTry it: npm run provider -- test ${name} +8190…`);
}

async function change(name: string, values: Values) {
  const { changeAccount, listAccounts } = await import("#lib/delivery/accounts");
  const [line] = await listAccounts(name);
  const secrets = await secretsFor(line?.kind ?? "", values, values.secrets ? "all" : "nothing");
  const entries = entriesOf(values);
  const replaced = Object.keys(secrets);
  if (line && replaced.length === 0 && (values.secrets || Object.keys(entries).length === 0))
    throw new Refusal(`Nothing was changed: ${values.secrets ? "no secret was given" : "name what to change"}.\n\n${USAGE}`);
  const changed = must(await changeAccount(name, { ...entries, secrets }));
  // Said either way: a secret that came too late on standard input must not be believed to be in use.
  console.log(
    `Changed; ${replaced.length > 0 ? `new secrets: ${replaced.join(", ")}` : "secrets stay as they were"}.\n\n${describe(changed)}`,
  );
}

async function show(name: string | undefined, values: Values) {
  const { listAccounts } = await import("#lib/delivery/accounts");
  const { env } = await import("#lib/env");
  const lines = (await listAccounts(name)).filter((line) => line.kind !== "demo" || env().demo);
  if (values.json) return console.log(JSON.stringify(lines, null, 2));
  if (name !== undefined && lines.length === 0) throw new Refusal(`There is no account ${name}.`);
  console.log(lines.length === 0 ? "There are no provider accounts yet: npm run provider -- add …" : lines.map(describe).join("\n\n"));
}

async function showKinds() {
  const { kinds } = await import("#lib/delivery/providers/kinds");
  for (const { kind, channels, countries, settings, secrets } of kinds.filter((one) => one.kind !== "demo")) {
    const names = (shape: Record<string, { safeParse(value: unknown): { success: boolean } }>) =>
      Object.entries(shape)
        .map(([name, schema]) => (schema.safeParse(undefined).success ? `[${name}]` : name))
        .join(", ") || "none";
    console.log(
      `${kind}  (${channels.join(", ").toLowerCase()}; ${countries?.join(", ") ?? "every country"})\n  settings  ${names(settings.shape)}\n  secrets   ${names(secrets.shape)}`,
    );
  }
}

async function order(names: string[], values: Values) {
  const { orderAccounts } = await import("#lib/delivery/account-routes");
  const channel = channelOf(values.channel);
  const country = values.country?.toUpperCase();
  must(await orderAccounts(names, { ...(channel ? { channel } : {}), ...(country ? { country } : {}) }));
  await show(undefined, values);
}

async function obey([verb = "", name = "", ...rest]: string[], values: Values): Promise<void> {
  const { removeAccount, setAccountDisabled } = await import("#lib/delivery/accounts");
  if (verb === "list") return show(name || undefined, values);
  if (verb === "kinds") return showKinds();
  if (verb === "add") return add(name, values);
  if (verb === "change") return change(name, values);
  if (verb === "order") return order([name, ...rest], values);
  if (verb === "test") return trial(name, rest.join(""), values);
  must(await (verb === "remove" ? removeAccount(name) : setAccountDisabled(name, verb === "disable")));
  console.log(`${name} is ${verb}d.`);
}

await untilStopped(async () => {
  const asked = readArguments();
  if (!asked) {
    console.log(USAGE);
    return stopAll(process.argv.length > 2 ? 0 : 1);
  }
  await prepareEnvironment({ listens: false });
  await prepareDatabase();
  const { readSealFormat } = await import("#lib/db/seal-format");
  await readSealFormat();
  await obey(asked.positionals, asked.values);
  await stopAll(0);
});
