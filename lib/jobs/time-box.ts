import { sql } from "#lib/db/sql";

/** Milliseconds that one run of a long job may take: shorter than its lease, because a shutdown waits for it. */
const BOX_MS = 10_000;

/** Returns true if a run should stop after its current step. */
export type Over = () => boolean;

/**
 * Runs a long job for ten seconds at most and queues the rest that it returns at once as the payload of a job of the same name; null means
 * finished. Two concurrent runs leave one rest between them (`job_key`).
 */
export async function inTimeBox(name: string, work: (over: Over) => Promise<object | null>, ms = BOX_MS): Promise<void> {
  const ends = Date.now() + ms;
  const rest = await work(() => Date.now() >= ends);
  if (rest === null) return;
  await sql`
    SELECT graphile_worker.add_job(${name}, ${JSON.stringify(rest)}::json, max_attempts => 1, job_key => ${`${name}/rest`}, job_key_mode => 'replace')`;
}
