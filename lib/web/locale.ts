import { cookies, headers } from "next/headers";
import { getRequestConfig } from "next-intl/server";
import { currentSession } from "#lib/web/session";
import { preferred } from "#lib/words/preferred";

const isOurs = (locale: unknown): locale is "ja" | "en" => locale === "ja" || locale === "en";

/** The language of the signed-in account; null for a visitor. During an outage the page itself says what is wrong. */
async function accountLocale(): Promise<string | null> {
  try {
    return (await currentSession())?.user.locale ?? null;
  } catch {
    return null;
  }
}

/** The words of one request: the choice made in this browser (cookie), else the account's, else what the browser asks for, else Japanese. */
export default getRequestConfig(async () => {
  const chosen = (await cookies()).get("locale")?.value;
  const own = isOurs(chosen) ? chosen : await accountLocale();
  const locale = isOurs(own) ? own : preferred((await headers()).get("accept-language"));
  const messages = locale === "en" ? (await import("#lib/words/en")).en : (await import("#lib/words/ja")).ja;
  return { locale, messages, timeZone: "Asia/Tokyo" };
});
