import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { pool } from "#lib/db/pool";

const folder = fileURLToPath(new URL("../../prisma/migrations", import.meta.url));

/** The newest migration of these sources. */
const newest = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort()
  .at(-1);

/** Whether the database answers within two seconds and has every migration of these sources: the condition under which an instance takes traffic. */
export async function checkReady(): Promise<boolean> {
  const answer = pool()
    .query<{ ready: boolean }>(
      `SELECT EXISTS (SELECT 1 FROM _prisma_migrations WHERE migration_name = $1 AND finished_at IS NOT NULL)
         AND to_regclass('graphile_worker._private_jobs') IS NOT NULL AS ready`,
      [newest],
    )
    .then((result) => result.rows[0]?.ready === true)
    .catch(() => false);
  const late = new Promise<boolean>((resolve) => setTimeout(resolve, 2_000, false).unref());
  return Promise.race([answer, late]);
}
