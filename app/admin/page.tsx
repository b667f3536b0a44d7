import type { Metadata } from "next";
import { getMessages, getTranslations } from "next-intl/server";
import { Tasks } from "#components/console/tasks";
import { Empty } from "#components/ui/empty";
import { type Attention, readAttention } from "#lib/console/attention";
import { readFigures } from "#lib/console/figures";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { whenWords } from "#lib/web/when";
import { Figures } from "./figures";
import { taskWords } from "./task-words";

export async function generateMetadata(): Promise<Metadata> {
  const { consoleFrame, common } = await getMessages();
  return { title: `${consoleFrame.overview} – ${site(common.brand).name}` };
}

const isOthers = (one: Attention): boolean => "othersTurn" in one && one.othersTurn;

/** The overview: what needs a person first, in order of urgency, then how the last days were. */
export default async function OverviewPage() {
  const staff = await requireStaffPage("overview.read");
  const t = await getTranslations("consoleOverview");
  const when = await whenWords();
  const [all, figures] = await Promise.all([readAttention({ userId: staff.user.id, roles: staff.user.roles }), readFigures()]);
  const taskOf = await taskWords();
  const [yours, others] = [all.filter((one) => !isOthers(one)), all.filter(isOthers)];
  return (
    <>
      <header className="mb-5">
        <p className="text-sm text-ink-2">{t("at", { time: when(new Date().toISOString()) })}</p>
        <h1 className="text-[1.75rem]">{t("title")}</h1>
        {yours.length > 1 ? <p className="text-sm text-ink-2">{t("order")}</p> : null}
      </header>
      <div className="@container">
        {yours.length > 0 ? (
          <Tasks tasks={yours.map(taskOf)} label={t("title")} level={2} />
        ) : (
          <Empty title={t("calm")}>{t("calmText")}</Empty>
        )}
        {others.length > 0 ? (
          <section aria-labelledby="others" className="mt-8">
            <h2 id="others" className="text-lg">
              {t("others")}
            </h2>
            <p className="mb-2 text-sm text-ink-2">{t("othersText")}</p>
            <Tasks tasks={others.map(taskOf)} label={t("others")} level={3} />
          </section>
        ) : null}
      </div>
      <Figures days={figures} />
    </>
  );
}
