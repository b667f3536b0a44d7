import { redirect } from "next/navigation";
import { exportLines, readImport } from "#lib/console/import-members";
import { currentRequester } from "#lib/web/requester";
import { requireStaffPage } from "#lib/web/staff";
import { actingOf } from "#lib/web/step-up";

/** Serves what is said of the lines of the current import as a file, after step-up; caches must not store it. */
export async function GET(): Promise<Response> {
  const staff = await requireStaffPage("members.read");
  const current = await readImport();
  if (!current) redirect("/admin/members");
  const file = await exportLines(actingOf(staff), current.id, await currentRequester());
  if (!file.ok) redirect(`/admin/members?refused=${file.error.reason ?? file.error.code}`);
  return new Response(file.value, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": 'attachment; filename="sekisho-import.csv"',
      "cache-control": "no-store",
    },
  });
}
