import { getTranslations } from "next-intl/server";
import { ActOutcome, type OutcomeQuery } from "../outcome";

const DONE = { remove: "removed", change: "changed" } as const;

/** What the act before this page led to, or why nothing was done. */
export async function Outcome({ done, refused }: OutcomeQuery) {
  const t = await getTranslations("consoleClients");
  const said = done === "remove" || done === "change" ? t(DONE[done]) : null;
  return <ActOutcome said={said} refused={refused} notDone={t("notDone")} own={{ not_found: t("gone") }} className="mb-6" />;
}
