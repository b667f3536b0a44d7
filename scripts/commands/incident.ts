import { readFileSync } from "node:fs";
import { silenceLog } from "#lib/log";
import { prepareDatabase, prepareEnvironment } from "../machine/prepare.ts";
import { CommandRefusal } from "../machine/refusal.ts";
import { stopAll, untilStopped } from "../machine/stop.ts";
import { atTheCommandLine, withReason } from "../operator/by.ts";
import {
  begunWords,
  finishedWords,
  incidentLine,
  incidentProblem,
  incidentUsage,
  noSuchIncident,
  progressWords,
  unknownWords,
} from "../operator/incident-words.ts";
import { inWords } from "../operator/language.ts";
import { readVerb } from "../operator/verbs.ts";

/** `npm run incident -- force-reset | resume | status`: an act on many accounts after an incident. */

const VERBS = {
  "force-reset": { words: [0, 0] as [number, number], options: ["group", "emails", "reason", "per-minute"] },
  resume: { words: [1, 1] as [number, number], options: ["per-minute"] },
  status: { words: [0, 0] as [number, number] },
};

const refuse = (said: { en: string; ja: string }): never => {
  throw new CommandRefusal(inWords({ en: `Nothing was changed: ${said.en}`, ja: `何も変更していません。${said.ja}` }));
};

/** Accounts a minute: mails and hashes are spread, and an operator can still stop. */
function paceOf(typed = "60"): number {
  const pace = /^\d{1,4}$/.test(typed) ? Number(typed) : 0;
  return pace > 0 ? pace : refuse({ en: "--per-minute takes a number from 1 to 9999.", ja: "--per-minute は 1〜9999 の数です。" });
}

function reasonOf(typed: string | undefined): string {
  if (typed === undefined) return refuse({ en: "--reason is needed.", ja: "--reason で理由を書いてください。" });
  withReason(typed);
  return typed.trim();
}

function addressesIn(file: string): string[] {
  try {
    const lines = readFileSync(file, "utf8")
      .replace(/^\uFEFF/, "")
      .split(/\r?\n/);
    return lines.map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
  } catch {
    return refuse({ en: `${file} cannot be read.`, ja: `${file} を読めません。` });
  }
}

function whomOf({ group, emails }: Record<string, string | undefined>) {
  if ((group === undefined) === (emails === undefined))
    return refuse({ en: "name either --group or --emails.", ja: "--group か --emails のどちらか1つを指定してください。" });
  return group === undefined ? { emails: addressesIn(emails ?? "") } : { group };
}

await untilStopped(async () => {
  const asked = readVerb(process.argv.slice(2), VERBS, incidentUsage);
  if (asked === "help") {
    console.log(incidentUsage());
    return stopAll(0);
  }
  const { verb, words, values } = asked;
  const pace = paceOf(values["per-minute"]);
  const begin = verb === "force-reset" ? { whom: whomOf(values), reason: reasonOf(values.reason) } : null;
  await prepareEnvironment({ listens: false });
  silenceLog();
  await prepareDatabase();
  const { beginForceReset, listIncidents, runForceReset } = await import("#lib/accounts/force-reset");
  if (verb === "status") {
    const lines = (await listIncidents()).map(incidentLine);
    console.log(lines.length > 0 ? lines.join("\n") : inWords({ en: "There was none.", ja: "ありません。" }));
    return stopAll(0);
  }
  let [id = "", unknown] = [words[0], [] as string[]];
  if (begin) {
    const begun = await beginForceReset(begin.whom, begin.reason, atTheCommandLine());
    if (!begun.ok) throw new CommandRefusal(incidentProblem(begun.error));
    ({ id, unknown } = begun.value);
    console.log(begunWords(id, begun.value.accounts));
    if (unknown.length > 0) console.log(unknownWords(unknown));
  }
  let last = 0;
  const ended = await runForceReset(id, pace, (progress) => {
    if (Date.now() - last < 1000 && progress.done < progress.accounts) return;
    last = Date.now();
    console.log(progressWords(progress));
  });
  if (!ended) throw new CommandRefusal(noSuchIncident(id));
  console.log(finishedWords(ended));
  await stopAll(unknown.length > 0 ? 1 : 0);
});
