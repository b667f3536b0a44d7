import { redirect } from "next/navigation";
import { getMessages } from "next-intl/server";
import { issuedRecoveryCodes } from "#lib/authenticators/recovery-codes/recovery-codes";
import { sheetFacts } from "#lib/web/code-sheet";
import { requireSession } from "#lib/web/session";
import { codeSheet } from "#lib/words/code-sheet";

/** Serves the issued codes as a text file while the page shows them; caches must not store it. */
export async function GET(): Promise<Response> {
  const session = await requireSession({ saving: true });
  const issued = session.nextStep === "save_recovery_codes" ? await issuedRecoveryCodes(session.user.id) : null;
  if (!issued?.ok) redirect("/account");
  const { recovery } = await getMessages();
  return new Response(codeSheet(issued.value, await sheetFacts(session), recovery), {
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "content-disposition": `attachment; filename="${recovery.fileName}"`,
      "cache-control": "no-store",
    },
  });
}
