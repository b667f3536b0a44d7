import { getTranslations } from "next-intl/server";
import { Callout } from "#components/ui/callout";

/** The notice that PSTN-02 requires; a change of its meaning raises RISK_NOTICE_VERSION. */
export async function Risks({ calls }: { calls: boolean }) {
  const t = await getTranslations("phone");
  return (
    <Callout tone="warn" id="risks" title={t("riskTitle")} className="mt-6">
      <ul className="mt-1 list-disc pl-5">
        {(["riskSwap", "riskIntercept", "riskLost"] as const).map((risk) => (
          <li key={risk}>{t(risk)}</li>
        ))}
      </ul>
      <h3 className="mt-3 font-bold">{t("altTitle")}</h3>
      <ul className="list-disc pl-5">
        {calls ? <li>{t("altVoice")}</li> : null}
        <li>{t("altRecovery")}</li>
      </ul>
    </Callout>
  );
}
