import { getMessages, getTranslations } from "next-intl/server";
import { Badge, type Tone } from "#components/ui/badge";
import { isOnItsWay, type Rehearsal } from "#lib/console/rehearsals";
import { reasonOf } from "#lib/words/reason";

const tones: Record<Rehearsal["status"], Tone> = {
  queued: "neutral",
  sent: "neutral",
  delivered: "good",
  undelivered: "warn",
  failed: "warn",
};

/** Where a rehearsal is, with its seconds, and why it did not arrive. */
export async function DeliveryState({ row }: { row: Rehearsal }) {
  const t = await getTranslations("consoleRehearse");
  const words = await getMessages();
  const { status, reason, seconds, channel } = row;
  const stuck = status === "queued" && !isOnItsWay(row);
  const why = stuck ? t("stuck") : reason ? reasonOf(reason, { voice: channel === "VOICE", calls: false }, words) : null;
  return (
    <>
      <Badge tone={tones[status]}>{t(`state_${status}`)}</Badge>
      {seconds === null ? null : <span className="ml-2 tabular-nums">{t("secondsOf", { count: seconds.toFixed(1) })}</span>}
      {why ? <span className="block">{why}</span> : null}
    </>
  );
}

/** What the handset showed, as the operator saw it. */
export async function Shown({ row: { shown, channel } }: { row: Rehearsal }) {
  const t = await getTranslations("consoleRehearse");
  if (!shown) return null;
  return <Badge tone={shown === "whole" ? "good" : "warn"}>{t(channel === "VOICE" ? `heard_${shown}` : `shown_${shown}`)}</Badge>;
}
