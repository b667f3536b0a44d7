import type { Job, Task, TaskList, WorkerEvents } from "graphile-worker";
import { sql } from "#lib/db/sql";

/** Seconds after which a job is unlocked when its worker no longer renews the lease. */
export const LEASE_SECONDS = 20;

export type Leases = {
  /** Tracks the jobs that one run of the queue takes. */
  follow(events: WorkerEvents): void;
  /** Wraps the tasks so that the lease of a job ends with the job. */
  watched(taskList: TaskList): TaskList;
  /** Notes that the run of this name has ended: its jobs are unlocked unless this process still works on them. */
  ended(lockedBy: string): void;
  /** Renews the leases of this process and unlocks jobs whose lease has expired; call it every quarter of a lease. */
  keep(): Promise<void>;
};

/**
 * Leases on jobs: the jobs of a dead worker go to another one, and the jobs of a living worker never do (RE-01). graphile-worker 0.18 locks a job
 * under the name of the whole pool and never updates `locked_at`, so this module updates it for each job that is held.
 */
export function createLeases(seconds = LEASE_SECONDS): Leases {
  const held = new Set<Job>();
  const gone = new Set<string>();
  const steadiness = createSteadiness(seconds * 500);
  return {
    follow(events) {
      // Jobs that wait for a free slot inside the process are held too.
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
 * Reports whether this process has reached the database without interruption for `ms`, half a lease. After an outage every lease looks expired,
 * although living workers renew theirs within a quarter of a lease.
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

/** Skips jobs that were unlocked or taken by another worker meanwhile, and rows that are locked because the job is being completed. */
const renew = (jobs: Job[], seconds: number) => sql`
  WITH held AS (
    SELECT j.id FROM graphile_worker._private_jobs j
    JOIN unnest(${jobs.map(({ id }) => id)}::bigint[], ${jobs.map(({ locked_by }) => locked_by)}::text[]) AS mine (id, name) ON j.id = mine.id AND j.locked_by = mine.name
    WHERE j.locked_at < now() - make_interval(secs => ${seconds / 5}::float) FOR UPDATE OF j SKIP LOCKED)
  UPDATE graphile_worker._private_jobs j SET locked_at = now() FROM held WHERE j.id = held.id`;

/** Unlocks jobs of ended runs that this process is not working on, and, if given the length of a lease, jobs whose lease has expired. */
const free = (jobs: Job[], ended: string[], seconds: number | null) => sql`
  WITH over AS (
    SELECT id FROM graphile_worker._private_jobs
    WHERE locked_at < now() - make_interval(secs => ${seconds}::float)
      OR (locked_by = ANY(${ended}::text[]) AND id <> ALL(${jobs.map(({ id }) => id)}::bigint[]))
    FOR UPDATE SKIP LOCKED)
  UPDATE graphile_worker._private_jobs j SET locked_at = NULL, locked_by = NULL FROM over WHERE j.id = over.id`;
