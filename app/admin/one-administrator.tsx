import { getTranslations } from "next-intl/server";
import { Callout } from "#components/ui/callout";
import { readAlone } from "#lib/staff/people";

/** Says that there is one administrator alone, and what that changes; nothing where there are more. Shown among the people and in the settings. */
export async function OneAdministrator() {
  const { administrators, sole, others } = await readAlone();
  if (administrators !== 1) return null;
  const t = await getTranslations("consolePeople");
  return (
    <Callout tone="warn" id="alone" title={t("alone")} className="mb-6">
      <p>{t(sole ? "aloneSole" : others ? "aloneSoon" : "aloneNew")}</p>
      {sole ? <p>{t("aloneFix")}</p> : null}
    </Callout>
  );
}
