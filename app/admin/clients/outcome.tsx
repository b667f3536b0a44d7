import { getMessages, getTranslations } from "next-intl/server";
import { Callout } from "#components/ui/callout";

const DONE = { remove: "removed", change: "changed" } as const;

type Props = { done?: string | string[] | undefined; refused?: string | string[] | undefined };

/** What the act before this page led to, or why nothing was done. */
export async function Outcome({ done, refused }: Props) {
  const t = await getTranslations("consoleClients");
  const { staffReasons, errors } = await getMessages();
  if (typeof done === "string" && Object.hasOwn(DONE, done))
    return (
      <Callout tone="good" role="status" className="mb-6">
        {t(DONE[done as keyof typeof DONE])}
      </Callout>
    );
  if (typeof refused !== "string") return null;
  const known = { ...errors, ...staffReasons, not_found: t("gone") };
  return (
    <Callout tone="warn" role="alert" className="mb-6">
      {t("notDone")} {Object.hasOwn(known, refused) ? known[refused as keyof typeof known] : null}
    </Callout>
  );
}
