import { getTranslations } from "next-intl/server";
import { Road, type Stop } from "#components/console/road";
import type { CaseDetail } from "#lib/console/case-detail";
import { whenWords } from "#lib/web/when";

const STOPPED = ["frozen", "rejected", "cancelled", "expired"];

/** The road of a case from the request to the new factor, with the moment of each stop. */
export async function CaseRoad({ found }: { found: CaseDetail }) {
  const t = await getTranslations("consoleCase");
  const when = await whenWords();
  const at = (iso: string | null) => (iso ? when(iso) : null);
  const { state, waitSeconds, readyAt, endedAt } = found;
  const readied = found.steps.findLast(({ act }) => act === "ready")?.at ?? null;
  const passed: (Pick<Stop, "key" | "title" | "text"> & { done: boolean; waits?: string | null })[] = [
    { key: "request", title: t("roadRequest"), text: at(found.requestedAt), done: true },
    { key: "proof", title: t("roadProof"), text: at(found.provenAt), done: found.provenAt !== null, waits: t("roadWaitsPerson") },
    { key: "review", title: t("roadReview"), text: at(found.reviewedAt), done: found.reviewedAt !== null, waits: t("roadWaitsFirst") },
    { key: "approval", title: t("roadApproval"), text: at(found.approvedAt), done: found.approvedAt !== null, waits: t("roadWaitsSecond") },
    {
      key: "wait",
      title: t("roadWait"),
      text: waitSeconds === null ? null : t("roadHours", { hours: waitSeconds / 3600 }),
      done: state === "ready" || state === "done",
      waits: readyAt ? t("roadUntil", { time: when(readyAt) }) : null,
    },
    { key: "code", title: t("roadCode"), text: at(readied), done: state === "done", waits: t("roadWaitsPerson") },
    { key: "done", title: t("roadDone"), text: state === "done" ? at(endedAt) : t("roadNew"), done: state === "done" },
  ];
  const first = passed.findIndex(({ done }) => !done);
  const stops = passed.map(({ done, waits, ...stop }, index): Stop => {
    if (done) return { ...stop, state: "done" };
    if (index !== first) return { ...stop, state: "todo" };
    return STOPPED.includes(state) ? { ...stop, text: null, state: "stopped" } : { ...stop, text: waits ?? stop.text, state: "now" };
  });
  return <Road stops={stops} label={t("road")} past={t("past")} stopped={t("stopped")} />;
}
