import { pool } from "#lib/db/pool";

/** Whether the database answers within two seconds and is migrated: the condition under which an instance takes traffic. */
export async function checkReady(): Promise<boolean> {
  const answer = pool()
    .query<{ ready: boolean }>(
      "SELECT to_regclass('challenges') IS NOT NULL AND to_regclass('graphile_worker._private_jobs') IS NOT NULL AS ready",
    )
    .then((result) => result.rows[0]?.ready === true)
    .catch(() => false);
  const late = new Promise<boolean>((resolve) => setTimeout(resolve, 2_000, false).unref());
  return Promise.race([answer, late]);
}
