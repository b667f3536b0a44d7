import { type Sql, sql } from "#lib/db/sql";
import { log } from "#lib/log";

/**
 * `home`: where it was noted to be. `moved`: restored from a dump, or copied. `timeline`: the same server, but a replica took over or it was
 * set back to an earlier moment. `unknown`: the server does not tell. A disk that was set back to a snapshot looks like home.
 */
export type HomeState = "home" | "moved" | "timeline" | "unknown";

/** Whether the database is where it was when `noteHome` or the first start noted it (K18). */
export async function homeState(): Promise<HomeState> {
  const [row] = await sql<{ state: HomeState }>`
    SELECT CASE WHEN n.home IS DISTINCT FROM c.home THEN 'moved' WHEN n.timeline <> c.timeline THEN 'timeline' ELSE 'home' END AS state
    FROM current_home() c LEFT JOIN database_home n ON true`;
  return row?.state ?? "unknown";
}

/** Notes that the database is at home here. */
export async function noteHome(tx: Sql): Promise<void> {
  await tx`
    INSERT INTO database_home (home, timeline) SELECT home, timeline FROM current_home()
    ON CONFLICT (id) DO UPDATE SET home = EXCLUDED.home, timeline = EXCLUDED.timeline, noted_at = now()`;
}

/** Says in the log when the database is not at home: once per start, whatever else the operator reads. */
export async function warnWhenMoved(): Promise<void> {
  const state = await homeState().catch(() => "unknown");
  if (state === "moved" || state === "timeline")
    log.warn({ event: "database.moved", state }, "this database was restored, copied or taken over: npm run doctor says what to do");
}
