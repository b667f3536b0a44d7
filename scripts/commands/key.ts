import { silenceLog } from "#lib/log";
import { prepareDatabase, prepareEnvironment } from "../machine/prepare.ts";
import { CommandRefusal } from "../machine/refusal.ts";
import { stopAll, untilStopped } from "../machine/stop.ts";
import { atTheCommandLine } from "../operator/by.ts";
import { keyList, keyMade, keyProblem, keyRemoved, keyUsage } from "../operator/key-words.ts";
import { readVerb } from "../operator/verbs.ts";

/** `npm run key -- list | add | rotate | remove`: the keys of other systems. */

const VERBS = {
  list: { words: [0, 0] as [number, number] },
  add: { words: [1, 1] as [number, number], options: ["scope", "countries", "per-day"] },
  rotate: { words: [1, 1] as [number, number], options: ["overlap"] },
  remove: { words: [1, 1] as [number, number] },
};

const listOf = (text: string): string[] =>
  text
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean);

/** A number in digits alone: an empty option is no zero. */
const numberOf = (text: string): number => (/^\d{1,9}$/.test(text) ? Number(text) : Number.NaN);

await untilStopped(async () => {
  const asked = readVerb(process.argv.slice(2), VERBS, keyUsage);
  if (asked === "help") {
    console.log(keyUsage());
    return stopAll(0);
  }
  const { verb, words, values } = asked;
  const [name = ""] = words;
  await prepareEnvironment({ listens: false });
  silenceLog();
  await prepareDatabase();
  const { addKey, listKeys, OVERLAP_HOURS, removeKey, rotateKey } = await import("#lib/keys/store");
  if (verb === "list") {
    console.log(keyList(await listKeys()));
    return stopAll(0);
  }
  if (verb === "remove") {
    const removed = await removeKey(name, atTheCommandLine());
    if (!removed.ok) throw new CommandRefusal(keyProblem(removed.error));
    console.log(keyRemoved(name));
    return stopAll(0);
  }
  const key = {
    name,
    scopes: listOf(values.scope ?? ""),
    countries: values.countries === undefined ? null : listOf(values.countries.toUpperCase()),
    sendsPerDay: values["per-day"] === undefined ? null : numberOf(values["per-day"]),
  };
  const overlap = values.overlap === undefined ? OVERLAP_HOURS.usual : numberOf(values.overlap);
  const made = await (verb === "add" ? addKey(key, atTheCommandLine()) : rotateKey(name, overlap, atTheCommandLine()));
  if (!made.ok) throw new CommandRefusal(keyProblem(made.error));
  console.log(keyMade(made.value));
  await stopAll(0);
});
