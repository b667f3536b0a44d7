import { cookies, headers } from "next/headers";
import { getRequestConfig } from "next-intl/server";
import { sessionOfFrame } from "#lib/web/session";
import { preferred } from "#lib/words/preferred";

const isOurs = (locale: unknown): locale is "ja" | "en" => locale === "ja" || locale === "en";

/** Returns the words of a request; the language comes from this browser's cookie, else the account, else Accept-Language, else Japanese. */
export default getRequestConfig(async () => {
  const chosen = (await cookies()).get("locale")?.value;
  const own = isOurs(chosen) ? chosen : (await sessionOfFrame())?.user.locale;
  const locale = isOurs(own) ? own : preferred((await headers()).get("accept-language"));
  const messages = locale === "en" ? (await import("#lib/words/en")).en : (await import("#lib/words/ja")).ja;
  return { locale, messages, timeZone: "Asia/Tokyo" };
});
