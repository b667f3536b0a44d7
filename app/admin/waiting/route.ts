import { casesWaiting } from "#lib/console/waiting";
import { staffWatches } from "#lib/web/staff";

/** Answers how many cases wait for staff, for the counter of an open page of the console; 404 for everybody else. */
export async function GET(): Promise<Response> {
  const headers = { "cache-control": "no-store" };
  if (!(await staffWatches("cases.read"))) return new Response(null, { status: 404, headers });
  return Response.json({ cases: await casesWaiting() }, { headers });
}
