import { silenceLog } from "#lib/log";
import { type Level, levelNamed } from "#lib/sessions/levels";
import { prepareDatabase, prepareEnvironment } from "../machine/prepare.ts";
import { CommandRefusal } from "../machine/refusal.ts";
import { stopAll, untilStopped } from "../machine/stop.ts";
import { atTheCommandLine } from "../operator/by.ts";
import { clientChanged, clientLine, clientMade, clientProblem, clientRemoved, clientUsage } from "../operator/client-words.ts";
import { inWords } from "../operator/language.ts";
import { readVerb } from "../operator/verbs.ts";

/** `npm run client -- list | add | change | rotate | remove`: services that sign their people in here. */

const ADDRESSES = ["redirect", "logout-return", "backchannel-logout", "level"];
const VERBS = {
  list: { words: [0, 0] as [number, number] },
  add: { words: [1, 1] as [number, number], options: ADDRESSES },
  change: { words: [1, 1] as [number, number], options: ["name", ...ADDRESSES] },
  rotate: { words: [1, 1] as [number, number], options: ["overlap"] },
  remove: { words: [1, 1] as [number, number] },
};

/** Options without a value, by verb. */
const FLAGS: Record<string, string[]> = {
  add: ["--first-party", "--pairwise", "--native", "--spa"],
  change: ["--first-party", "--third-party"],
};
const given = process.argv.slice(2);

/** Addresses that are separated by commas; "none" empties a list. */
const listed = (value = ""): string[] => (value === "none" ? [] : value.split(",").filter((one) => one !== ""));

/** Hours in digits alone: an empty option is no zero. */
const hoursOf = (text: string): number => (/^\d{1,3}$/.test(text) ? Number(text) : Number.NaN);

function levelOf(word: string): Level | null {
  const level = levelNamed(word);
  if (level === null && word !== "none")
    throw new CommandRefusal(clientProblem({ code: "invalid_input", fields: { level: "invalid_input" } }));
  return level;
}

await untilStopped(async () => {
  const flags = (FLAGS[given[0] ?? ""] ?? []).filter((flag) => given.includes(flag));
  const has = (flag: string) => flags.includes(flag);
  if ((has("--native") && has("--spa")) || (has("--first-party") && has("--third-party")))
    throw new CommandRefusal(clientProblem({ code: "invalid_input", fields: { flags: "invalid_input" } }));
  const asked = readVerb(
    given.filter((argument) => !flags.includes(argument)),
    VERBS,
    clientUsage,
  );
  if (asked === "help") {
    console.log(clientUsage());
    return stopAll(0);
  }
  const { verb, words, values } = asked;
  const [word = ""] = words;
  const by = atTheCommandLine();
  await prepareEnvironment({ listens: false });
  silenceLog();
  await prepareDatabase();
  const { addClientByCommand, listClients, removeClientByCommand, rotateClientByCommand, SECRET_OVERLAP_HOURS } = await import(
    "#lib/console/clients"
  );
  const { changeClientByCommand } = await import("#lib/console/change-client");
  if (verb === "list") {
    const lines = (await listClients()).map(clientLine);
    console.log(lines.length > 0 ? lines.join("\n") : inWords({ en: "There is none.", ja: "ありません。" }));
    return stopAll(0);
  }
  if (verb === "remove") {
    const gone = await removeClientByCommand(word, by);
    if (!gone.ok) throw new CommandRefusal(clientProblem(gone.error));
    console.log(clientRemoved());
    return stopAll(0);
  }
  const backchannel = values["backchannel-logout"] === "none" ? null : values["backchannel-logout"];
  if (verb === "change") {
    const typed = {
      ...(values.name === undefined ? {} : { name: values.name }),
      ...(values.redirect === undefined ? {} : { redirectUris: listed(values.redirect) }),
      ...(values["logout-return"] === undefined ? {} : { postLogoutRedirectUris: listed(values["logout-return"]) }),
      ...(backchannel === undefined ? {} : { backchannelLogoutUri: backchannel }),
      ...(values.level === undefined ? {} : { level: levelOf(values.level) }),
      ...(has("--first-party") || has("--third-party") ? { firstParty: has("--first-party") } : {}),
    };
    const changed = await changeClientByCommand(word, typed, by);
    if (!changed.ok) throw new CommandRefusal(clientProblem(changed.error));
    console.log(clientChanged(changed.value));
    return stopAll(0);
  }
  const typed = {
    name: word,
    profile: has("--native") ? ("native" as const) : has("--spa") ? ("browser" as const) : ("web" as const),
    redirectUris: listed(values.redirect),
    postLogoutRedirectUris: listed(values["logout-return"]),
    backchannelLogoutUri: backchannel ?? null,
    firstParty: has("--first-party"),
    pairwise: has("--pairwise"),
    level: levelOf(values.level ?? "none"),
  };
  const overlap = values.overlap === undefined ? SECRET_OVERLAP_HOURS.usual : hoursOf(values.overlap);
  const made = await (verb === "add" ? addClientByCommand(typed, by) : rotateClientByCommand(word, overlap, by));
  if (!made.ok) throw new CommandRefusal(clientProblem(made.error));
  console.log(clientMade(made.value));
  await stopAll(0);
});
