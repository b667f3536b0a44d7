import { getMessages, getTranslations } from "next-intl/server";
import { Callout } from "#components/ui/callout";

const acts = ["add", "change", "disable", "enable", "remove", "up"] as const;
type Query = Record<"done" | "refused", string | string[] | undefined>;

/** What the act before this page led to, or why nothing was done. */
export async function Outcome({ done, refused }: Query) {
  const t = await getTranslations("consoleProviders");
  const { staffReasons } = await getMessages();
  const act = acts.find((one) => one === done);
  if (act)
    return (
      <Callout tone="good" role="status" className="mb-6">
        {t(`done_${act}`)}
      </Callout>
    );
  if (typeof refused !== "string") return null;
  return (
    <Callout tone="warn" role="alert" className="mb-6">
      {t("refused")} {Object.hasOwn(staffReasons, refused) ? staffReasons[refused as keyof typeof staffReasons] : null}
    </Callout>
  );
}
