import { getTranslations } from "next-intl/server";
import { RecordTable } from "#components/console/record-table";
import { ofHandset, type Rehearsal } from "#lib/console/rehearsals";
import { whenWords } from "#lib/web/when";
import { handsets, rehearsalNames } from "./names";
import { DeliveryState, Shown } from "./state";

type Handset = (typeof handsets)[number];

/** The newest rehearsal of one handset and channel: how it was delivered, and what the handset showed. */
async function Newest({ row }: { row: Rehearsal | null }) {
  if (!row) return "–";
  return (
    <a className="inline-flex min-h-11 flex-wrap items-center gap-x-1.5 no-underline" href={`/admin/setup/rehearse/${row.id}`}>
      <DeliveryState row={row} />
      <Shown row={row} />
    </a>
  );
}

/** Every handset of the guide with its newest text and call, and the way to the next one. */
export async function Handsets({ rows, may }: { rows: readonly Rehearsal[]; may: boolean }) {
  const t = await getTranslations("consoleRehearse");
  const names = await rehearsalNames();
  const when = await whenWords();
  const sms = ({ line, system }: Handset) => ofHandset(rows, line, system, "SMS");
  const voice = ({ line, system }: Handset) => ofHandset(rows, line, system, "VOICE");
  return (
    <section aria-labelledby="handsets" className="mt-10">
      <h2 id="handsets" className="text-lg">
        {t("handsets")}
      </h2>
      <div className="mt-2">
        <RecordTable<Handset>
          caption={t("handsets")}
          rows={handsets}
          keyOf={({ key }) => key}
          columns={[
            { key: "handset", head: t("handset"), cell: ({ line, system }) => names.handset(line, system) },
            { key: "sms", head: t("sms"), cell: (one) => <Newest row={sms(one).newest} /> },
            { key: "voice", head: t("voice"), cell: (one) => <Newest row={voice(one).newest} /> },
            {
              key: "autofill",
              head: t("autofill"),
              cell: (one) => {
                const filled = sms(one).answered?.autofill;
                return filled ? t(`autofill_${filled}`) : "–";
              },
            },
            {
              key: "who",
              head: t("who"),
              cell: (one) => {
                const answered = sms(one).answered ?? voice(one).answered;
                return answered?.confirmedAt ? (
                  <span className="break-all">
                    {answered.confirmedBy} <time dateTime={answered.confirmedAt}>{when(answered.confirmedAt)}</time>
                  </span>
                ) : (
                  "–"
                );
              },
            },
            ...(may
              ? [
                  {
                    key: "try",
                    head: t("try"),
                    cell: ({ key, line, system }: Handset) => (
                      <a
                        className="inline-flex min-h-11 items-center"
                        href={`/admin/setup/rehearse/send?handset=${key}`}
                        aria-label={t("tryFor", { name: names.handset(line, system) })}
                      >
                        {t("try")}
                      </a>
                    ),
                  },
                ]
              : []),
          ]}
        />
      </div>
    </section>
  );
}
