import { silenceLog } from "#lib/log";
import { prepareDatabase, prepareEnvironment } from "../machine/prepare.ts";
import { CommandRefusal } from "../machine/refusal.ts";
import { stopAll, untilStopped } from "../machine/stop.ts";
import { withReason } from "../operator/by.ts";
import { groupDone, groupProblem, groupUsage } from "../operator/group-words.ts";
import { inWords } from "../operator/language.ts";
import { readVerb } from "../operator/verbs.ts";

/** `npm run group -- list | add | remove`: labels on accounts. */

const VERBS = {
  list: { words: [0, 1] as [number, number] },
  add: { words: [2, 1000] as [number, number], options: ["reason"] },
  remove: { words: [2, 1000] as [number, number], options: ["reason"] },
};

await untilStopped(async () => {
  const asked = readVerb(process.argv.slice(2), VERBS, groupUsage);
  if (asked === "help") {
    console.log(groupUsage());
    return stopAll(0);
  }
  const { verb, words, values } = asked;
  const [group = "", ...emails] = words;
  const by = withReason(values.reason);
  await prepareEnvironment({ listens: false });
  silenceLog();
  await prepareDatabase();
  const { addToGroup, listGroups, membersOf, removeFromGroup } = await import("#lib/accounts/groups");
  if (verb === "list") {
    const lines = group ? await membersOf(group) : (await listGroups()).map(({ name, accounts }) => `${name}  ${accounts}`);
    console.log(lines.length > 0 ? lines.join("\n") : inWords({ en: "There is none.", ja: "ありません。" }));
    return stopAll(0);
  }
  const done = await (verb === "add" ? addToGroup : removeFromGroup)(group, emails, by);
  if (!done.ok) throw new CommandRefusal(groupProblem(done.error));
  console.log(groupDone(verb, group, done.value));
  await stopAll(0);
});
