import { getFormatter, getTranslations } from "next-intl/server";
import { RecordTable } from "#components/console/record-table";
import { Button } from "#components/ui/button";
import { Facts } from "#components/ui/facts";
import { type RowProblem, refusing, rowProblems } from "#lib/accounts/import-members";
import { firstLines, type MemberImport } from "#lib/console/import-members";
import { whenWords } from "#lib/web/when";

/** How many lines the page shows; the file has all. */
const SHOWN = 50;

const fate = (problem: RowProblem) => (refusing.includes(problem) ? "left_out" : problem === "number_not_read" ? "without_number" : "told");

/** What the dry run found, or what became of the import. */
export async function Report({ of }: { of: MemberImport }) {
  const t = await getTranslations("consoleMembers");
  const format = await getFormatter();
  const when = await whenWords();
  const { state, rows, members, handled, taken, figures, floorMs, stagedAt, endedAt } = of;
  const people = (count: number) => t("people", { count: format.number(count) });
  const systems = Object.entries(figures.systems).map(([name, count]) => t("groupOf", { name, count: format.number(count) }));
  const groups = figures.groups.map((group) => t("groupOf", { name: group.name, count: format.number(group.members) }));
  const more = figures.moreGroups > 0 ? [t("moreGroups", { count: figures.moreGroups })] : [];
  return (
    <>
      <Facts
        facts={[
          { label: t("rows"), value: t("lines", { count: format.number(rows) }) },
          { label: t("members"), value: people(members) },
          ...(state === "staged" ? [] : [{ label: t("taken"), value: people(taken) }]),
          ...(handled > taken ? [{ label: t("late"), value: people(handled - taken) }] : []),
          { label: t("hashes"), value: format.list(systems) || t("noHashes") },
          { label: t("groups"), value: format.list([...groups, ...more]) || t("noGroups") },
          ...(state === "staged" && floorMs > 0 ? [{ label: t("floor"), value: t("floorText", { count: floorMs }) }] : []),
          { label: t("stagedAt"), value: <time dateTime={stagedAt}>{when(stagedAt)}</time> },
          ...(endedAt ? [{ label: t("endedAt"), value: <time dateTime={endedAt}>{when(endedAt)}</time> }] : []),
        ]}
      />
      <h3 className="mt-6 text-base">{t("problems")}</h3>
      <Problems figures={figures} />
      {state === "running" || !of.lines ? null : <Lines of={of} />}
    </>
  );
}

async function Problems({ figures }: Pick<MemberImport, "figures">) {
  const t = await getTranslations("consoleMembers");
  const format = await getFormatter();
  const found = rowProblems.flatMap((problem) => {
    const count = figures.problems[problem];
    return count ? [{ problem, count }] : [];
  });
  if (found.length === 0) return <p className="mt-2">{t("noProblems")}</p>;
  return (
    <RecordTable
      caption={t("problems")}
      rows={found}
      keyOf={({ problem }) => problem}
      columns={[
        { key: "problem", head: t("problem"), cell: ({ problem }) => t(problem) },
        { key: "what", head: t("what"), cell: ({ problem }) => t(fate(problem)) },
        {
          key: "count",
          head: t("count"),
          figures: true,
          cell: ({ count }) => <span className="whitespace-nowrap">{format.number(count)}</span>,
        },
      ]}
    />
  );
}

async function Lines({ of }: { of: MemberImport }) {
  const t = await getTranslations("consoleMembers");
  const lines = await firstLines(of.id, SHOWN);
  return (
    <>
      {lines.length > 0 ? (
        <div className="mt-6">
          <RecordTable
            caption={t("firstLines", { count: lines.length })}
            captioned
            rows={lines}
            keyOf={({ line, problem }) => `${line} ${problem}`}
            columns={[
              { key: "line", head: t("line"), figures: true, cell: ({ line }) => line },
              { key: "address", head: t("address"), cell: ({ address }) => <span className="break-all">{address || "–"}</span> },
              { key: "problem", head: t("problem"), cell: ({ problem }) => t(problem) },
            ]}
          />
        </div>
      ) : null}
      <Button small kind="secondary" href="/admin/members.csv" className="mt-4" download>
        {t("allLines")}
      </Button>
      <p className="hint mt-1">{t("linesGone")}</p>
    </>
  );
}
