import { getTranslations } from "next-intl/server";
import { ActOutcome, type OutcomeQuery } from "../outcome";

const acts = ["add", "change", "disable", "enable", "remove", "up"] as const;

/** What the act before this page led to, or why nothing was done. */
export async function Outcome({ done, refused }: OutcomeQuery) {
  const t = await getTranslations("consoleProviders");
  const act = acts.find((one) => one === done);
  return <ActOutcome said={act ? t(`done_${act}`) : null} refused={refused} notDone={t("refused")} className="mb-6" />;
}
