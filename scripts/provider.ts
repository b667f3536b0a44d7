import { parseArgs } from "node:util";
import type { AccountInput, ShapeProblem } from "#lib/delivery/account-shape";
import type { Result } from "#lib/result";
import { askSecrets, secretsFromEnvironment, secretsFromInput } from "./operator/secrets.ts";
import { describe, USAGE } from "./operator/words.ts";
import { prepareDatabase, prepareEnvironment } from "./prepare.ts";
import { Refusal } from "./refusal.ts";
import { onStop, stopAll, untilStopped } from "./stop.ts";

/** `npm run provider -- add|change|list|kinds|test|order|disable|enable|remove`: the accounts that texts and calls go out by. */

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
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>["values"];

function must<T>(result: Result<T, ShapeProblem[]>): T {
  if (result.ok) return result.value;
  throw new Refusal(`Nothing was changed:\n${result.error.map(({ field, problem }) => `  ${field}: ${problem}`).join("\n")}`);
}

const list = (value: string) =>
  value
    .split(",")
    .map((entry) => entry.trim())
    .filter(Boolean);

/** The options as an account's entries; what was not given stays away. */
function entriesOf(values: Values): Partial<AccountInput> {
  const settings = Object.fromEntries(
    (values.set ?? []).map((entry) => {
      const at = entry.indexOf("=");
      if (at < 1) throw new Refusal(`--set takes name=value, not "${entry.slice(0, 20)}".`);
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

/** The secrets of a kind, from the environment, standard input, or asked for at a terminal; never from the arguments, which others can see. */
async function secretsFor(kindName: string, values: Values, ask: boolean): Promise<Record<string, string>> {
  const { kindOf } = await import("#lib/delivery/providers/kinds");
  const kind = kindOf(kindName);
  if (!kind) return {};
  const names = Object.keys(kind.secrets.shape);
  const inArguments = (values.set ?? []).map((entry) => entry.split("=")[0] ?? "").find((name) => names.includes(name));
  if (inArguments)
    throw new Refusal(
      `${inArguments} is a secret: give it on standard input as ${inArguments}=… or in the environment, not as an argument.`,
    );
  const inEnvironment = secretsFromEnvironment(names);
  const missing = (from: Record<string, string>) =>
    names.filter((name) => !kind.secrets.shape[name]?.safeParse(undefined).success && from[name] === undefined);
  const given = { ...inEnvironment, ...(await secretsFromInput(names, ask && missing(inEnvironment).length > 0)) };
  const required = missing(given);
  return ask && process.stdin.isTTY ? { ...given, ...(await askSecrets(required)) } : given;
}

async function add(name: string, values: Values) {
  const { addAccount } = await import("#lib/delivery/accounts");
  const kind = values.kind ?? "";
  const line = must(await addAccount({ ...entriesOf(values), name, kind, secrets: await secretsFor(kind, values, true) }));
  console.log(`Added.\n\n${describe(line)}\n\nTry it: npm run provider -- test ${name} +8190…`);
}

async function change(name: string, values: Values) {
  const { changeAccount, listAccounts } = await import("#lib/delivery/accounts");
  const [line] = await listAccounts(name);
  const secrets = await secretsFor(line?.kind ?? "", values, false);
  console.log(`Changed.\n\n${describe(must(await changeAccount(name, { ...entriesOf(values), secrets })))}`);
}

async function show(values: Values) {
  const { listAccounts } = await import("#lib/delivery/accounts");
  const { env } = await import("#lib/env");
  const lines = (await listAccounts()).filter((line) => line.kind !== "demo" || env().demo);
  if (values.json) return console.log(JSON.stringify(lines, null, 2));
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

const channelOf = (value: string | undefined) => {
  if (value === undefined) return undefined;
  if (!/^(?:sms|voice)$/i.test(value)) throw new Refusal("--channel is sms or voice.");
  return value.toUpperCase() as "SMS" | "VOICE";
};

async function order(names: string[], values: Values) {
  const { orderAccounts } = await import("#lib/delivery/accounts");
  const channel = channelOf(values.channel);
  const country = values.country?.toUpperCase();
  must(await orderAccounts(names, { ...(channel ? { channel } : {}), ...(country ? { country } : {}) }));
  await show(values);
}

async function trial(name: string, typed: string, values: Values) {
  const { parseNumber } = await import("#lib/phones/number");
  const { env } = await import("#lib/env");
  const { askAboutTrial, sendTrial, trialState } = await import("#lib/delivery/trial");
  const { closeConnections } = await import("#lib/delivery/connections");
  onStop(closeConnections);
  const number = parseNumber(typed, env().ALLOWED_COUNTRIES.split(","));
  if (!number.ok) throw new Refusal(`That number is not accepted (${number.error}). Countries: ${env().ALLOWED_COUNTRIES}.`);
  const channel = channelOf(values.channel) ?? (number.value.landline ? "VOICE" : "SMS");
  const began = Date.now();
  const say = (status: string, reason: string | null) =>
    console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${status}${reason ? ` (${reason})` : ""}`);
  const sent = await sendTrial({ name, to: number.value.e164, channel, locale: values.locale === "en" ? "en" : "ja" });
  if (!sent.ok) throw new Refusal(sent.error);
  let state = sent.value;
  say(state.status === "queued" ? "no answer from the provider" : state.status, state.reason);
  const until = began + Number(values.wait ?? 60) * 1000;
  for (let round = 1; ["queued", "sent"].includes(state.status) && Date.now() < until; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    if (round % 6 === 0) await askAboutTrial(state, channel);
    const next = (await trialState(state.attemptId)) ?? state;
    if (next.status !== state.status) say(next.status, next.reason);
    state = next;
  }
  if (state.status === "sent") console.log("The provider took it; no receipt came in the time given (--wait seconds).");
  await stopAll(["sent", "delivered"].includes(state.status) ? 0 : 1);
}

async function obey([verb, name, ...rest]: string[], values: Values): Promise<void> {
  const { removeAccount, setAccountDisabled } = await import("#lib/delivery/accounts");
  if (verb === "list") return show(values);
  if (verb === "kinds") return showKinds();
  if (!name) throw new Refusal(USAGE);
  if (verb === "add") return add(name, values);
  if (verb === "change") return change(name, values);
  if (verb === "order") return order([name, ...rest], values);
  if (verb === "test" && rest[0]) return trial(name, rest.join(""), values);
  if (verb === "disable" || verb === "enable") must(await setAccountDisabled(name, verb === "disable"));
  else if (verb === "remove") must(await removeAccount(name));
  else throw new Refusal(USAGE);
  console.log(`${name} is ${verb}d.`);
}

function read() {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new Refusal(`${(error as Error).message}\n\n${USAGE}`);
  }
}

await untilStopped(async () => {
  const { positionals, values } = read();
  if (values.help || positionals.length === 0) {
    console.log(USAGE);
    return stopAll(values.help ? 0 : 1);
  }
  await prepareEnvironment({ listens: false });
  await prepareDatabase();
  await obey(positionals, values);
  await stopAll(0);
});
