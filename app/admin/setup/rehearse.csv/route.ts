import { redirect } from "next/navigation";
import { exportRehearsals } from "#lib/console/rehearsal-file";
import { currentRequester } from "#lib/web/requester";
import { requireStaffPage } from "#lib/web/staff";
import { actingOf } from "#lib/web/step-up";

/** Serves the rehearsals as a file, after step-up; caches must not store it. */
export async function GET(): Promise<Response> {
  const staff = await requireStaffPage("setup.read");
  const file = await exportRehearsals(actingOf(staff), await currentRequester());
  if (!file.ok) redirect("/admin/setup/rehearse/report");
  return new Response(file.value, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": 'attachment; filename="sekisho-rehearsals.csv"',
      "cache-control": "no-store",
    },
  });
}
