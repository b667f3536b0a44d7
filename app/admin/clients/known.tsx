import { getTranslations } from "next-intl/server";
import { Facts } from "#components/ui/facts";
import type { Client } from "#lib/console/clients";
import { wordOfLevel } from "#lib/sessions/levels";
import { whenWords } from "#lib/web/when";

const lines = (urls: readonly string[]) =>
  urls.map((url) => (
    <span key={url} className="block break-all">
      {url}
    </span>
  ));

/** What a service is registered with, and when it was used last. */
export async function Known({ client }: { client: Client }) {
  const t = await getTranslations("consoleClients");
  const when = await whenWords();
  const { id, profile, level, lastUsedAt, oldSecretUntil } = client;
  return (
    <Facts
      facts={[
        { label: t("clientId"), value: <code className="break-all">{id}</code> },
        { label: t("profile"), value: t(`profile_${profile}`) },
        { label: t("kind"), value: t(client.firstParty ? "own" : "other") },
        ...(client.pairwise ? [{ label: t("numbers"), value: t("ownNumbers") }] : []),
        { label: t("redirect"), value: lines(client.redirectUris) },
        ...(client.postLogoutRedirectUris.length > 0 ? [{ label: t("logoutReturn"), value: lines(client.postLogoutRedirectUris) }] : []),
        ...(client.backchannelLogoutUri ? [{ label: t("backchannel"), value: lines([client.backchannelLogoutUri]) }] : []),
        ...(level ? [{ label: t("level"), value: t(`level_${wordOfLevel(level) as "sms"}`) }] : []),
        ...(profile === "web" ? [{ label: t("used"), value: lastUsedAt ? when(lastUsedAt.toISOString()) : t("never") }] : []),
        ...(oldSecretUntil ? [{ label: t("oldUntil"), value: t("oldUntilWhen", { time: when(oldSecretUntil.toISOString()) }) }] : []),
      ]}
    />
  );
}
