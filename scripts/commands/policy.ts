import { silenceLog } from "#lib/log";
import { isSetting, type SettingName } from "#lib/policy/settings";
import { prepareDatabase, prepareEnvironment } from "../machine/prepare.ts";
import { CommandRefusal } from "../machine/refusal.ts";
import { stopAll, untilStopped } from "../machine/stop.ts";
import { withReason } from "../operator/by.ts";
import { factorPage } from "../operator/factor-words.ts";
import { inWords } from "../operator/language.ts";
import {
  badValue,
  describePolicyProblem,
  historyLine,
  listLine,
  policyUsage,
  settingPage,
  unknownSetting,
} from "../operator/policy-words.ts";
import { readVerb } from "../operator/verbs.ts";

/** `npm run policy -- list | show NAME | set NAME VALUE | history [NAME] | factors`: the settings that count on every instance while it runs, and what they rest on. */

const VERBS = {
  list: { words: [0, 0] as [number, number] },
  show: { words: [1, 1] as [number, number] },
  set: { words: [1, 2] as [number, number], options: ["from", "reason"] },
  history: { words: [0, 1] as [number, number] },
  factors: { words: [0, 0] as [number, number] },
};

function settingOf(name: string): SettingName {
  if (!isSetting(name)) throw new CommandRefusal(unknownSetting(name));
  return name;
}

function parse(name: SettingName, text: string | undefined): unknown {
  if (text === undefined) throw new CommandRefusal(badValue(name, ""));
  try {
    return JSON.parse(text);
  } catch {
    throw new CommandRefusal(badValue(name, ""));
  }
}

/** The value with the day that `--from` gives to noPstn, or to the rules that have none; without a value the present one gets it. */
function typedValue(name: SettingName, text: string | undefined, from: string | undefined, current: unknown): unknown {
  if (from === undefined) return parse(name, text);
  const given = text === undefined ? current : parse(name, text);
  if (name === "noPstn" && typeof given === "object") return { ...given, from };
  if (name !== "requirements" || !Array.isArray(given))
    throw new CommandRefusal(
      inWords({
        en: `Nothing was changed: --from is for noPstn and requirements, not for ${name}.`,
        ja: `何も変更していません。--from は noPstn と requirements で使えます。${name} では使えません。`,
      }),
    );
  return given.map((rule) => ({ from, ...rule }));
}

await untilStopped(async () => {
  const asked = readVerb(process.argv.slice(2), VERBS, policyUsage);
  if (asked === "help") {
    console.log(policyUsage());
    return stopAll(0);
  }
  const { verb, words, values } = asked;
  const name = words[0] === undefined ? null : settingOf(words[0]);
  const by = withReason(values.reason);
  await prepareEnvironment({ listens: false });
  silenceLog();
  await prepareDatabase();
  const { listSettings, policyHistory } = await import("#lib/policy/read");
  if (verb === "list") console.log((await listSettings()).map(listLine).join("\n"));
  if (verb === "history") {
    const changes = await policyHistory(name);
    const none = inWords({ en: "Nothing was changed yet.", ja: "まだ変更はありません。" });
    console.log(changes.length === 0 ? none : changes.map(historyLine).join("\n"));
  }
  if (verb === "factors") {
    const { countFactors } = await import("#lib/policy/count-factors");
    const { readFactorCounts } = await import("#lib/policy/factor-counts");
    await countFactors();
    console.log(factorPage(await readFactorCounts()));
  }
  if (verb === "set" && name !== null) {
    const { readSetting, setSetting } = await import("#lib/policy/change");
    const done = await setSetting(name, typedValue(name, words[1], values.from, await readSetting(name)), by);
    if (!done.ok) throw new CommandRefusal(describePolicyProblem(done.error, name));
    console.log(
      done.value
        ? inWords({
            en: "Changed; it counts on every instance within a second.",
            ja: "変更しました。1秒以内にすべてのサーバーに効きます。",
          })
        : inWords({ en: "That is its value already.", ja: "すでにその値です。" }),
    );
  }
  if (verb === "show" || verb === "set")
    console.log(
      (await listSettings())
        .filter((line) => line.name === name)
        .map(settingPage)
        .join("\n"),
    );
  await stopAll(0);
});
