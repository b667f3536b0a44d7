import { type Sql, sql } from "#lib/db/sql";
import { log } from "#lib/log";

/**
 * `home`: the noted location; `moved`: restored from a dump, or copied; `timeline`: the same server after a failover or a point-in-time recovery;
 * `unknown`: the server does not report it. A disk restored from a snapshot is not detected and counts as `home`.
 */
type HomeState = "home" | "moved" | "timeline" | "unknown";

/** Compares the database with the location that `noteHome` or the first start recorded (K18). */
export async function homeState(): Promise<HomeState> {
  const [row] = await sql<{ state: HomeState }>`
    SELECT CASE WHEN n.home IS DISTINCT FROM c.home THEN 'moved' WHEN n.timeline <> c.timeline THEN 'timeline' ELSE 'home' END AS state
    FROM current_home() c LEFT JOIN database_home n ON true`;
  return row?.state ?? "unknown";
}

/** Records the current location as home. */
export async function noteHome(tx: Sql): Promise<void> {
  await tx`
    INSERT INTO database_home (home, timeline) SELECT home, timeline FROM current_home()
    ON CONFLICT (id) DO UPDATE SET home = EXCLUDED.home, timeline = EXCLUDED.timeline, noted_at = now()`;
}

/** Records that this database was restored from a backup; returns the day in Japan (`YYYYMMDD`). */
export async function noteRestored(tx: Sql): Promise<string> {
  const [row] = await tx<{ day: string }>`
    INSERT INTO seen_facts (name, value, by) SELECT 'restored', to_char(app_now() AT TIME ZONE 'Asia/Tokyo', 'YYYYMMDD'), 'restore' RETURNING value AS day`;
  return row?.day ?? "";
}

/** Logs a warning when the database has moved, once per start. */
export async function warnWhenMoved(): Promise<void> {
  const state = await homeState().catch(() => "unknown");
  if (state === "moved" || state === "timeline")
    log.warn({ event: "database.moved", state }, "this database was restored, copied or taken over: npm run doctor says what to do");
}
