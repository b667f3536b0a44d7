import { getFormatter, getMessages } from "next-intl/server";
import type { SessionView } from "#lib/sessions/session";
import { site } from "#lib/web/site";
import type { SheetFacts } from "#lib/words/code-sheet";
import { maskEmail } from "#lib/words/mask-email";

/** Returns the facts for a sheet of recovery codes in the language of the request; the codes have the session's issue date. */
export async function sheetFacts(session: SessionView): Promise<SheetFacts> {
  const { common } = await getMessages();
  const { name, host } = site(common.brand);
  const date = (await getFormatter()).dateTime(new Date(session.authenticatedAt), { year: "numeric", month: "long", day: "numeric" });
  return { service: name, account: maskEmail(session.user.email), date, site: host };
}
