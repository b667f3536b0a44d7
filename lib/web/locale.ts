import { cookies, headers } from "next/headers";
import { getRequestConfig } from "next-intl/server";
import { preferred } from "#lib/words/preferred";

/** The words of one request: the person's own choice (cookie), else what the browser asks for, else Japanese. */
export default getRequestConfig(async () => {
  const chosen = (await cookies()).get("locale")?.value;
  const locale = chosen === "ja" || chosen === "en" ? chosen : preferred((await headers()).get("accept-language"));
  const messages = locale === "en" ? (await import("#lib/words/en")).en : (await import("#lib/words/ja")).ja;
  return { locale, messages, timeZone: "Asia/Tokyo" };
});
