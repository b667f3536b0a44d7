import { silenceLog } from "#lib/log";
import { isSiteLevel } from "#lib/sites/site";
import { prepareDatabase, prepareEnvironment } from "../machine/prepare.ts";
import { CommandRefusal } from "../machine/refusal.ts";
import { stopAll, untilStopped } from "../machine/stop.ts";
import { withReason } from "../operator/by.ts";
import { noSites, siteDone, siteLines, siteProblem, siteUsage } from "../operator/site-words.ts";
import { readVerb } from "../operator/verbs.ts";

/** `npm run site -- list | add | level | remove`: hosts whose proxies ask who a request is from. */

const VERBS = {
  list: { words: [0, 0] as [number, number] },
  add: { words: [1, 1] as [number, number], options: ["level", "reason"] },
  level: { words: [2, 3] as [number, number], options: ["reason"] },
  remove: { words: [1, 1] as [number, number], options: ["reason"] },
};

function levelOf(text: string) {
  if (!isSiteLevel(text)) throw new CommandRefusal(siteProblem("bad_level"));
  return text;
}

await untilStopped(async () => {
  const asked = readVerb(process.argv.slice(2), VERBS, siteUsage);
  if (asked === "help") {
    console.log(siteUsage());
    return stopAll(0);
  }
  const { verb, words, values } = asked;
  const [host = "", ...rest] = words;
  const by = withReason(values.reason);
  const last = rest.at(-1) ?? "";
  const prefix = rest.length === 2 ? (rest[0] ?? "") : null;
  const level =
    verb === "add" ? levelOf(values.level ?? "aal1") : verb === "level" && !(prefix !== null && last === "none") ? levelOf(last) : null;
  await prepareEnvironment({ listens: false });
  silenceLog();
  await prepareDatabase();
  const { addSite, listSites, removeSite, setLevel } = await import("#lib/sites/registry");
  if (verb === "list") {
    const lines = (await listSites()).flatMap(siteLines);
    console.log(lines.length > 0 ? lines.join("\n") : noSites());
    return stopAll(0);
  }
  const done =
    verb === "add" && level
      ? await addSite(host, level, by)
      : verb === "remove"
        ? await removeSite(host, by)
        : await setLevel(host, prefix, level, by);
  if (!done.ok) throw new CommandRefusal(siteProblem(done.error));
  console.log(siteDone(verb as "add" | "level" | "remove", done.value));
  await stopAll(0);
});
