import type { Job, Task, TaskList, WorkerEvents } from "graphile-worker";
import { sql } from "#lib/db/sql";

/** How long a job stays with a worker that says nothing any more, in seconds. */
export const LEASE_SECONDS = 20;

export type Leases = {
  /** Follows the jobs that one run of the queue takes. */
  follow(events: WorkerEvents): void;
  /** The same tasks; a job that ends is held no longer. */
  watched(taskList: TaskList): TaskList;
  /** Notes that the run of this name has ended: what it had taken and this process does not work on is free. */
  ended(lockedBy: string): void;
  /** Renews the leases of this process and unlocks jobs whose lease has expired; call it every quarter of a lease. */
  keep(): Promise<void>;
};

/**
 * Leases on jobs, so that a dead worker's jobs go to another one and a living worker's never do (RE-01). graphile-worker 0.18 locks a job
 * under the name of the whole pool and says when, in `locked_at`, which nothing moves; here a job that is held has it moved on, job by job.
 */
export function createLeases(seconds = LEASE_SECONDS): Leases {
  const held = new Set<Job>();
  const gone = new Set<string>();
  const steadiness = createSteadiness(seconds * 500);
  return {
    follow(events) {
      // Those that wait for a free hand inside the process are held as well.
      events.on("localQueue:getJobs:complete", ({ jobs }) => {
        for (const job of jobs) held.add(job);
      });
      events.on("localQueue:returnJobs", ({ jobs }) => {
        for (const job of jobs) held.delete(job);
      });
    },
    watched: (taskList) => Object.fromEntries(Object.entries(taskList).map(([name, task]) => [name, task && releasing(task, held)])),
    ended: (lockedBy) => void gone.add(lockedBy),
    async keep() {
      const steady = await steadiness(() => renew([...held], seconds));
      const names = [...gone];
      await free([...held], names, steady ? seconds : null);
      for (const name of names) gone.delete(name);
    },
  };
}

const releasing =
  (task: Task, held: Set<Job>): Task =>
  async (payload, helpers) => {
    try {
      return await task(payload as never, helpers);
    } finally {
      held.delete(helpers.job);
    }
  };

/**
 * Whether this process has reached the database without a gap for a while. After an outage every lease looks over, its own and those of
 * workers that live; they renew theirs in a quarter of a lease, so half a lease is waited for before another's job is taken for lost.
 */
function createSteadiness(ms: number): (beat: () => Promise<unknown>) => Promise<boolean> {
  let [since, last] = [0, Number.NEGATIVE_INFINITY];
  return async (beat) => {
    const now = Date.now();
    if (now - last > ms) since = now;
    last = Number.NEGATIVE_INFINITY;
    await beat();
    last = Date.now();
    return now - since >= ms;
  };
}

/** A job that was freed meanwhile, or has been taken by another worker, is not renewed. A row that is being ticked off is not waited for. */
const renew = (jobs: Job[], seconds: number) => sql`
  WITH held AS (
    SELECT j.id FROM graphile_worker._private_jobs j
    JOIN unnest(${jobs.map(({ id }) => id)}::bigint[], ${jobs.map(({ locked_by }) => locked_by)}::text[]) AS mine (id, name) ON j.id = mine.id AND j.locked_by = mine.name
    WHERE j.locked_at < now() - make_interval(secs => ${seconds / 5}::float) FOR UPDATE OF j SKIP LOCKED)
  UPDATE graphile_worker._private_jobs j SET locked_at = now() FROM held WHERE j.id = held.id`;

/** Frees the jobs of runs that have ended and that this process does not work on, and, given the length of a lease, those whose lease is over. */
const free = (jobs: Job[], ended: string[], seconds: number | null) => sql`
  WITH over AS (
    SELECT id FROM graphile_worker._private_jobs
    WHERE locked_at < now() - make_interval(secs => ${seconds}::float)
      OR (locked_by = ANY(${ended}::text[]) AND id <> ALL(${jobs.map(({ id }) => id)}::bigint[]))
    FOR UPDATE SKIP LOCKED)
  UPDATE graphile_worker._private_jobs j SET locked_at = NULL, locked_by = NULL FROM over WHERE j.id = over.id`;
