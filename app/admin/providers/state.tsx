import { getTranslations } from "next-intl/server";
import { Badge } from "#components/ui/badge";
import type { ListedProviderAccount } from "#lib/delivery/provider-accounts/store";
import { whenWords } from "#lib/web/when";

/** The state of an account: in use, disabled, resting after failures, or with secrets that do not open. */
export async function State({ line }: { line: ListedProviderAccount }) {
  const t = await getTranslations("consoleProviders");
  const when = await whenWords();
  if (line.disabled) return <Badge>{t("disabled")}</Badge>;
  if (line.secrets.includes("unreadable")) return <Badge tone="danger">{t("unreadable")}</Badge>;
  if (line.down.length === 0) return <Badge tone="good">{t("inUse")}</Badge>;
  return (
    <>
      {line.down.map(({ channel, until, reason }) => (
        <Badge key={channel} tone="warn">
          {t("down", { channel: t(channel === "SMS" ? "sms" : "voice"), until: when(until), reason })}
        </Badge>
      ))}
    </>
  );
}
