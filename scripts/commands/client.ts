import { silenceLog } from "#lib/log";
import { prepareDatabase, prepareEnvironment } from "../machine/prepare.ts";
import { CommandRefusal } from "../machine/refusal.ts";
import { stopAll, untilStopped } from "../machine/stop.ts";
import { atTheCommandLine } from "../operator/by.ts";
import { clientLine, clientMade, clientProblem, clientRemoved, clientUsage } from "../operator/client-words.ts";
import { inWords } from "../operator/language.ts";
import { readVerb } from "../operator/verbs.ts";

/** `npm run client -- list | add | rotate | remove`: services that sign their people in here. */

const VERBS = {
  list: { words: [0, 0] as [number, number] },
  add: { words: [1, 1] as [number, number], options: ["redirect", "logout-return", "backchannel-logout"] },
  rotate: { words: [1, 1] as [number, number] },
  remove: { words: [1, 1] as [number, number] },
};

const FLAGS = ["--first-party", "--pairwise"];
const given = process.argv.slice(2);
const listed = (value = ""): string[] => value.split(",").filter((one) => one !== "");

await untilStopped(async () => {
  // Flags have no value; only `add` has any.
  const flags = given[0] === "add" ? FLAGS.filter((flag) => given.includes(flag)) : [];
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
  const { addClientByCommand, listClients, removeClientByCommand, rotateClientByCommand } = await import("#lib/console/clients");
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
  const typed = {
    name: word,
    redirectUris: listed(values.redirect),
    postLogoutRedirectUris: listed(values["logout-return"]),
    backchannelLogoutUri: values["backchannel-logout"] ?? null,
    firstParty: flags.includes("--first-party"),
    pairwise: flags.includes("--pairwise"),
  };
  const made = await (verb === "add" ? addClientByCommand(typed, by) : rotateClientByCommand(word, by));
  if (!made.ok) throw new CommandRefusal(clientProblem(made.error));
  console.log(clientMade(made.value));
  await stopAll(0);
});
