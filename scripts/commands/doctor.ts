import { silenceLog } from "#lib/log";
import { prepareEnvironment } from "../machine/prepare.ts";
import { stopAll, untilStopped } from "../machine/stop.ts";
import { examine, isAccepted } from "../operator/doctor.ts";
import { WELL, wordsOf } from "../operator/doctor-words.ts";
import { languageOfEnvironment } from "../operator/language.ts";

/** `npm run doctor`: reports each problem with its remedy; changes nothing. */
await untilStopped(async () => {
  await prepareEnvironment({ listens: false });
  silenceLog();
  const language = languageOfEnvironment(process.env);
  const findings = await examine();
  const wrong = findings.filter((finding) => !isAccepted(finding));
  console.log([...findings.map((finding) => wordsOf(finding, language)), ...(wrong.length === 0 ? [WELL[language]] : [])].join("\n"));
  await stopAll(wrong.length === 0 ? 0 : 1);
});
