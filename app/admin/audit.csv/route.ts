import { redirect } from "next/navigation";
import { exportAudit } from "#lib/console/audit-file";
import { auditFilterOf } from "#lib/console/audit-filter";
import { currentRequester } from "#lib/web/requester";
import { requireStaffPage } from "#lib/web/staff";
import { actingOf } from "#lib/web/step-up";

/** Serves the audit log as a file, after step-up; caches must not store it. */
export async function GET(request: Request): Promise<Response> {
  const staff = await requireStaffPage("audit.read");
  const filter = auditFilterOf(Object.fromEntries(new URL(request.url).searchParams));
  const file = await exportAudit(actingOf(staff), filter, await currentRequester());
  if (!file.ok) redirect(`/admin/audit?refused=${file.error.reason ?? file.error.code}`);
  return new Response(file.value, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="sekisho-audit-${new Date().toISOString().slice(0, 10)}.csv"`,
      "cache-control": "no-store",
    },
  });
}
