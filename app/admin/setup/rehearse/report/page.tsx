import { getMessages, getTranslations } from "next-intl/server";
import { RecordTable } from "#components/console/record-table";
import { Button } from "#components/ui/button";
import { PageHead } from "#components/ui/page-head";
import { listRehearsals, type Rehearsal } from "#lib/console/rehearsals";
import { readClock } from "#lib/console/setup";
import { mayDo } from "#lib/staff/matrix";
import { site } from "#lib/web/site";
import { requireStaffPage } from "#lib/web/staff";
import { keptWords } from "#lib/web/when";
import { consoleGate } from "../../../gate";
import { rehearsalNames, standingOf } from "../names";
import { DeliveryState, Shown } from "../state";

/** The report: who sent what and when, what became of it, and the versions of the text. Without the console around it when it is printed. */
export default async function ReportPage() {
  const staff = await requireStaffPage("setup.read");
  const t = await getTranslations("consoleRehearse");
  const { common } = await getMessages();
  const service = site(common.brand).name;
  const kept = await keptWords();
  const rows = await listRehearsals();
  const versions = [...new Set(rows.map(({ wording }) => wording).reverse())];
  const may = mayDo(staff.user.roles, "setup.export");
  const gate = may ? await consoleGate(staff, "/admin/setup/rehearse/report") : null;
  return (
    <div className="@container report max-w-[60rem]">
      <title>{`${t("reportTitle")} – ${service}`}</title>
      <PageHead
        title={t("reportTitle")}
        lead={t("reportOf", { service, at: kept((await readClock()).toISOString()) })}
        back={{ href: "/admin/setup/rehearse", label: t("backHere") }}
      />
      {rows.length === 0 ? <p>{t("reportNone")}</p> : <Records rows={rows} versions={versions} />}
      {rows.length === 0 ? null : <Versions versions={versions} />}
      <div className="mt-8 print:hidden">
        <p className="hint">{t("print")}</p>
        {gate}
        {may && !gate && rows.length > 0 ? (
          <Button href="/admin/setup/rehearse.csv" kind="secondary" small download className="mt-3">
            {t("csv")}
          </Button>
        ) : null}
      </div>
    </div>
  );
}

async function Records({ rows, versions }: { rows: Rehearsal[]; versions: readonly string[] }) {
  const t = await getTranslations("consoleRehearse");
  const names = await rehearsalNames();
  const kept = await keptWords();
  return (
    <RecordTable<Rehearsal>
      caption={t("history")}
      rows={rows}
      keyOf={({ id }) => id}
      columns={[
        {
          key: "what",
          head: t("what"),
          cell: (row) => (
            <>
              {names.of(row)} <span className="block text-sm font-normal">{t(row.channel === "SMS" ? "sms" : "voice")}</span>
              {row.digits ? <span className="block text-sm font-normal">{t("endsIn", { digits: row.digits })}</span> : null}
            </>
          ),
        },
        { key: "when", head: t("when"), cell: ({ at }) => <time dateTime={at}>{kept(at)}</time> },
        { key: "whom", head: t("whom"), cell: ({ by }) => <span className="break-all">{by ?? "–"}</span> },
        {
          key: "result",
          head: t("result"),
          cell: (row) => {
            const standing = standingOf(row);
            return (
              <>
                <DeliveryState row={row} />
                {standing ? <span className="block text-sm font-bold">{t(standing)}</span> : null}
              </>
            );
          },
        },
        {
          key: "way",
          head: t("way"),
          cell: ({ tried, provider, leftOut }) => (
            <>
              {tried.join(" → ") || provider || t("none")}
              {leftOut.length > 0 ? <span className="block text-sm">{`${t("leftOut")}: ${leftOut.join(", ")}`}</span> : null}
            </>
          ),
        },
        {
          key: "told",
          head: t("told"),
          cell: (row) =>
            row.shown ? (
              <>
                <Shown row={row} />
                {row.autofill ? <span className="block text-sm">{`${t("autofill")}: ${t(`autofill_${row.autofill}`)}`}</span> : null}
                <span className="block text-sm break-all">{row.confirmedBy}</span>
              </>
            ) : (
              "–"
            ),
        },
        { key: "wording", head: t("wordingNumber"), figures: true, cell: ({ wording }) => versions.indexOf(wording) + 1 },
      ]}
    />
  );
}

async function Versions({ versions }: { versions: readonly string[] }) {
  const t = await getTranslations("consoleRehearse");
  return (
    <section aria-labelledby="wordings" className="mt-8">
      <h2 id="wordings" className="text-lg">
        {t("wordings")}
      </h2>
      <ol className="mt-2 list-decimal pl-6">
        {versions.map((wording) => (
          <li key={wording} className="border-b border-line py-2 whitespace-pre-line break-words">
            {wording}
          </li>
        ))}
      </ol>
    </section>
  );
}
