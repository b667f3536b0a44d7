import { getMessages, getTranslations } from "next-intl/server";
import { Callout } from "#components/ui/callout";
import { accountsInUse } from "#lib/console/proven";
import type { Rehearsal } from "#lib/console/rehearsals";
import { reasonOf } from "#lib/words/reason";
import { standingOf } from "../names";

/** Whether a rehearsal went as it should, and what people read in its place. */
export async function Told({ row }: { row: Rehearsal }) {
  const t = await getTranslations("consoleRehearse");
  const words = await getMessages();
  const standing = standingOf(row);
  const calls = (await accountsInUse()).some(({ routes }) => routes.some(({ channel }) => channel === "VOICE"));
  const sentence = row.reason && reasonOf(row.reason, { voice: row.channel === "VOICE", calls }, words);
  return (
    <>
      {standing ? (
        <Callout tone={standing === "passed" ? "good" : standing === "failed" ? "warn" : "info"} className="mt-5">
          <span data-standing={standing}>{t(standing === "passed" ? "sceneGood" : standing === "failed" ? "sceneBad" : "sceneWait")}</span>
        </Callout>
      ) : null}
      {sentence ? (
        <section aria-labelledby="reads" className="mt-6">
          <h2 id="reads" className="text-lg">
            {t("reads")}
          </h2>
          <p className="text-[0.9375rem] text-ink-2">{t("readsLead")}</p>
          <blockquote className="mt-2 border-l-[3px] border-edge px-4 py-1.5">{sentence}</blockquote>
        </section>
      ) : null}
      {row.scene === "all_down" ? <Outage calls={calls} /> : null}
    </>
  );
}

/** The banner of an outage, and the ways that need no message service. */
async function Outage({ calls }: { calls: boolean }) {
  const t = await getTranslations("consoleRehearse");
  const o = await getTranslations("outage");
  const { verify } = await getMessages();
  return (
    <section aria-labelledby="banner" className="mt-6">
      <h2 id="banner" className="text-lg">
        {t("banner")}
      </h2>
      <Callout tone="warn" title={o("title", { ways: calls ? `${o("sms")}・${o("voice")}` : o("sms") })} level={3} className="mt-2">
        <p>{o("text")}</p>
      </Callout>
      <h3 className="mt-4 font-bold">{t("otherWays")}</h3>
      <p className="text-[0.9375rem] text-ink-2">{t("otherWaysText")}</p>
      <ul className="mt-1 list-disc pl-6">
        <li>{verify.passkey}</li>
        <li>{verify.totp}</li>
        <li>{verify.recovery_code}</li>
      </ul>
    </section>
  );
}
