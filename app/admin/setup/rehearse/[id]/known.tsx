import { getTranslations } from "next-intl/server";
import { Facts } from "#components/ui/facts";
import type { Rehearsal } from "#lib/console/rehearsals";
import { secondWords } from "#lib/web/when";
import { DeliveryState, Shown } from "../state";

/** What became of a rehearsal, by its rows, and what the operator saw. */
export async function Known({ row }: { row: Rehearsal }) {
  const t = await getTranslations("consoleRehearse");
  const second = await secondWords();
  const { channel, digits, tried, leftOut, carrier, wording, at, by, shown, autofill, codeTyped, readSeconds } = row;
  const answer = shown && (
    <>
      <Shown row={row} /> {autofill ? `${t("autofill")}: ${t(`autofill_${autofill}`)}` : null}
      {codeTyped ? <span className="block text-sm">{t("codeSame")}</span> : null}
      {readSeconds === null ? null : (
        <span className="block text-sm">{`${t("readSeconds")}: ${t("secondsOf", { count: readSeconds.toFixed(0) })}`}</span>
      )}
    </>
  );
  return (
    <Facts
      facts={[
        { label: t("state"), value: <DeliveryState row={row} /> },
        ...(answer ? [{ label: t("answered"), value: answer }] : []),
        { label: t("how"), value: t(channel === "SMS" ? "sms" : "voice") },
        { label: t("to"), value: digits ? t("endsIn", { digits }) : t("nobody") },
        { label: t("way"), value: tried.length > 0 ? tried.join(" → ") : t("none") },
        ...(leftOut.length > 0 ? [{ label: t("leftOut"), value: leftOut.join(", ") }] : []),
        ...(carrier ? [{ label: t("carrier"), value: carrier }] : []),
        ...(digits ? [{ label: t("wording"), value: <span className="whitespace-pre-line break-words">{wording}</span> }] : []),
        { label: t("at"), value: <time dateTime={at}>{second(at)}</time> },
        { label: t("asked"), value: <span className="break-all">{by ?? "–"}</span> },
      ]}
    />
  );
}
