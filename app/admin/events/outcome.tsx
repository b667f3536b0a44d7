import { getTranslations } from "next-intl/server";
import { ActOutcome, type OutcomeQuery } from "../outcome";

const DONE = { test: "doneTest", pause: "donePause", resume: "doneResume", remove: "doneRemove", resend: "doneResend" } as const;
const acts = Object.keys(DONE) as (keyof typeof DONE)[];

/** What the act before this page led to, or why nothing was done. */
export async function Outcome({ done, refused }: OutcomeQuery) {
  const t = await getTranslations("consoleEvents");
  const act = acts.find((one) => one === done);
  return <ActOutcome said={act ? t(DONE[act]) : null} refused={refused} notDone={t("notDone")} className="mb-6" />;
}
