import { getTranslations } from "next-intl/server";
import { RecordTable } from "#components/console/record-table";
import { type Line, lines, type System, systems } from "#lib/console/rehearsal-rule";
import { ofHandset, type Rehearsal } from "#lib/console/rehearsals";
import { whenWords } from "#lib/web/when";
import { rehearsalNames } from "./names";
import { DeliveryState, Shown } from "./state";

type Props = { rows: readonly Rehearsal[]; may: boolean };

/** Every handset of the guide with its newest text and call, who checked it, and the way to the next one. */
export async function Handsets({ rows, may }: Props) {
  const t = await getTranslations("consoleRehearse");
  return (
    <section aria-labelledby="handsets" className="mt-10">
      <h2 id="handsets" className="text-lg">
        {t("handsets")}
      </h2>
      <div className="mt-2">
        <RecordTable<Line>
          caption={t("handsets")}
          rows={lines}
          keyOf={(line) => line}
          columns={[
            { key: "line", head: t("line"), cell: (line) => t(`line_${line}`) },
            ...systems.map((system) => ({
              key: system,
              head: t(`system_${system}`),
              cell: (line: Line) => <Handset line={line} system={system} rows={rows} may={may} />,
            })),
          ]}
        />
      </div>
    </section>
  );
}

async function Handset({ line, system, rows, may }: Props & { line: Line; system: System }) {
  const t = await getTranslations("consoleRehearse");
  const names = await rehearsalNames();
  const [sms, voice] = [ofHandset(rows, line, system, "SMS").newest, ofHandset(rows, line, system, "VOICE").newest];
  return (
    <>
      {sms ? <Newest row={sms} /> : null}
      {voice ? <Newest row={voice} /> : null}
      {sms || voice ? null : <span className="mr-4 text-ink-2">{t("notYet")}</span>}
      {may ? (
        <a
          className="inline-flex min-h-11 items-center whitespace-nowrap"
          href={`/admin/setup/rehearse/send?handset=${line}-${system}`}
          aria-label={t("tryFor", { name: names.handset(line, system) })}
        >
          {t("try")}
        </a>
      ) : null}
    </>
  );
}

/** One text or call: how it was delivered, what the handset showed, and who says so. */
async function Newest({ row }: { row: Rehearsal }) {
  const t = await getTranslations("consoleRehearse");
  const names = await rehearsalNames();
  const when = await whenWords();
  const { id, channel, autofill, confirmedAt, confirmedBy } = row;
  const how = t(channel === "SMS" ? "sms" : "voice");
  return (
    <div className="mb-1.5">
      <a
        className="mr-2 inline-flex min-h-11 items-center whitespace-nowrap"
        href={`/admin/setup/rehearse/${id}`}
        aria-label={`${names.of(row)}: ${how}`}
      >
        {how}
      </a>
      <DeliveryState row={row} />
      <div className="flex flex-wrap items-center gap-x-2">
        <Shown row={row} />
        {autofill ? <span className="text-sm">{`${t("autofill")}: ${t(`autofill_${autofill}`)}`}</span> : null}
      </div>
      {confirmedAt ? <p className="hint m-0! break-all">{`${confirmedBy ?? "–"} ${when(confirmedAt)}`}</p> : null}
    </div>
  );
}
