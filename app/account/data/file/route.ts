import { redirect } from "next/navigation";
import { exportData } from "#lib/accounts/export-data";
import { currentRequester } from "#lib/web/requester";
import { requireSession } from "#lib/web/session";

/** Serves everything that is kept about the person as a file, after step-up; caches must not store it. */
export async function GET(): Promise<Response> {
  const session = await requireSession({ consenting: true, returnTo: "/account/data" });
  const data = await exportData({ userId: session.user.id, sessionId: session.sessionId }, await currentRequester());
  if (!data.ok) redirect(`/account/data?refused=${data.error.code}`);
  return new Response(`${JSON.stringify(data.value, null, 2)}\n`, {
    headers: {
      "content-type": "application/json; charset=utf-8",
      "content-disposition": `attachment; filename="sekisho-data-${data.value.exportedAt.slice(0, 10)}.json"`,
      "cache-control": "no-store",
    },
  });
}
