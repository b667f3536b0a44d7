import { redirect } from "next/navigation";
import { today } from "#lib/console/usage";
import { exportUsage } from "#lib/console/usage-file";
import { periodOf } from "#lib/console/usage-filter";
import { currentRequester } from "#lib/web/requester";
import { requireStaffPage } from "#lib/web/staff";
import { actingOf } from "#lib/web/step-up";

/** Serves the usage of a period as a file, after step-up; caches must not store it. */
export async function GET(request: Request): Promise<Response> {
  const staff = await requireStaffPage("usage.read");
  const period = periodOf(Object.fromEntries(new URL(request.url).searchParams), await today());
  const file = await exportUsage(actingOf(staff), period, await currentRequester());
  if (!file.ok) redirect(`/admin/usage?refused=${file.error.reason ?? file.error.code}`);
  return new Response(file.value, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="sekisho-usage-${period.from}-${period.to}.csv"`,
      "cache-control": "no-store",
    },
  });
}
