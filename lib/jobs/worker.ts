import { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Logger, type Runner, run, type TaskList, type WorkerEvents } from "graphile-worker";
import { PatientPool } from "#lib/db/patient-pool";
import { isUnavailable } from "#lib/db/pool";
import { watchPool } from "#lib/db/pool-watch";
import { poolSettings } from "#lib/db/settings";
import { sql } from "#lib/db/sql";
import { closeConnections, keepSessions } from "#lib/delivery/provider-accounts/connections";
import { env } from "#lib/env";
import { createLeases, LEASE_SECONDS, type Leases } from "#lib/jobs/leases";
import { tasks } from "#lib/jobs/tasks";
import { log } from "#lib/log";
import { refreshSettings } from "#lib/policy/read";

const CRON = [
  "* * * * * seal_audit ?max=1",
  "* * * * * verify_audit ?max=1",
  "* * * * * watch_conversion ?max=1",
  "* * * * * due_cases ?max=1",
  "* * * * * watch_health ?max=1",
  "* * * * * count_days ?max=1",
  "* * * * * deliver_due_events ?max=1",
  // Continues an import whose worker was killed.
  "* * * * * import_members ?max=1",
  "*/5 * * * * watch_receipts ?max=1",
  "*/10 * * * * clean_up ?max=1",
  "*/10 * * * * due_accounts ?max=1",
  "*/15 * * * * reseal ?max=1",
  "10 * * * * count_factors ?max=1",
  "30 3 1 * * rotate_signing_key ?max=3",
].join("\n");

// A text spends most of its time waiting for the provider: 80 concurrent jobs carry 200 a second to a provider that answers in 300 ms.
const CONCURRENCY = 80;

const QUEUE = {
  crontab: CRON,
  concurrency: CONCURRENCY,
  noHandleSignals: true,
  // NOTIFY announces new jobs, and `wakeForDue` those that became due.
  pollInterval: 16_000,
  logger: new Logger(() => () => undefined),
  // One statement fetches jobs for all 80 slots instead of one connection per slot; a per-slot fetch that fails during shutdown would also print a
  // trace that bypasses every logger. Jobs without a free slot are returned after five seconds.
  preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0, localQueue: { size: CONCURRENCY, ttl: 5_000 } } },
};

/** A run of the queue, with the name under which it locks its jobs. */
type Run = { runner: Runner; lockedBy: string; nudge(count: number): void };

/**
 * Wakes the queue for jobs whose scheduled time has come (a status query, a receipt); otherwise it polls only every 16 s and when a job is added.
 */
async function wakeForDue(current: Run | null): Promise<void> {
  const [row] = await sql<{ due: number }>`
    SELECT count(*)::int AS due FROM (SELECT FROM graphile_worker._private_jobs WHERE is_available AND run_at <= now() LIMIT ${CONCURRENCY}::int) due`;
  if (row && row.due > 0) current?.nudge(row.due);
}

/** Time-outs in milliseconds: of a run that shuts itself down, of a run that is told to stop (its jobs end within 20 s), and of one statement. */
const RUN_ENDS_MS = 3_000;
const STOP_MS = 25_000;
const QUERY_MS = 15_000;

/** The tasks, each of which begins with the settings as they are now. */
const withSettings = (taskList: TaskList): TaskList =>
  Object.fromEntries(
    Object.entries(taskList).map(([name, task]) => [
      name,
      async (...job: Parameters<NonNullable<typeof task>>) => {
        await refreshSettings();
        return task?.(...job);
      },
    ]),
  );

async function runOnce(taskList: TaskList, leases: Leases, onEnd: (lockedBy: string) => void): Promise<Run> {
  const pool = new PatientPool({
    connectionString: env().DATABASE_URL,
    max: 20,
    connectionTimeoutMillis: 5_000,
    // Without this time-out a connection whose server vanished would block until the operating system closes it; `pipeline` then ends it.
    query_timeout: QUERY_MS,
    pipeline: true,
    keepAlive: true,
    ...poolSettings("worker"),
    application_name: "sekisho worker",
  });
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  const events: WorkerEvents = new EventEmitter();
  leases.follow(events);
  const unwatch = watchPool("worker", () => pool.waiting);
  let [lockedBy, nudge]: [string, Run["nudge"]] = ["", () => undefined];
  // The queue retries the job; the log shows repeated failures to the operator. A database outage is reported elsewhere.
  events.on("job:error", ({ error, job }) => {
    if (isUnavailable(error)) return;
    log.error({ event: "job.failed", job: job.task_identifier, jobId: String(job.id), attempt: job.attempts, error }, "a job failed");
  });
  events.on("pool:create", ({ workerPool }) => {
    lockedBy = workerPool.id;
    nudge = (count) => workerPool._active && workerPool.nudge(count);
  });
  try {
    const runner = await run({ ...QUEUE, taskList: leases.watched(withSettings(taskList)), pgPool: pool, events });
    let over = false;
    const ended = () => {
      if (over) return;
      over = true;
      unwatch();
      pool.end().catch(() => undefined);
      onEnd(lockedBy);
    };
    runner.promise.then(ended, ended);
    // A run that could not report its jobs shuts itself down and may then wait for ever for its count of reports to reach zero (graphile-worker
    // 0.18, `batch`). Its jobs are left to the next run.
    events.on("pool:gracefulShutdown", () => setTimeout(ended, RUN_ENDS_MS).unref());
    return { runner, lockedBy, nudge };
  } catch (error) {
    unwatch();
    pool.end().catch(() => undefined);
    throw error;
  }
}

/** Repeats work with a pause after each end, so that a hanging database does not fill its pool with overlapping calls. */
function every(ms: number, work: () => Promise<unknown>): () => void {
  let timer: NodeJS.Timeout;
  let ended = false;
  const next = () => {
    if (ended) return;
    timer = setTimeout(() => void work().then(next, next), ms);
  };
  next();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

/**
 * Runs the jobs in this process until `stop`, and restarts after a lost database at most twice a second; `leaseSeconds` is the length of a lease.
 */
export async function startWorker({ taskList = tasks, leaseSeconds = LEASE_SECONDS } = {}): Promise<{ stop(): Promise<void> }> {
  let current: Run | null = null;
  let stopped = false;
  const leases = createLeases(leaseSeconds);
  const start = async (): Promise<void> => {
    if (stopped) return;
    try {
      // Unlocks the jobs that the previous run could not report because it lost the database.
      await leases.keep();
      current = await runOnce(taskList, leases, (lockedBy) => {
        current = null;
        leases.ended(lockedBy);
        setTimeout(start, 500).unref();
      });
    } catch {
      setTimeout(start, 500).unref();
    }
  };
  await start();
  await keepSessions().catch((error: unknown) =>
    log.error({ event: "provider.bug", error }, "a provider's connection could not be opened"),
  );
  const stopKeeping = every(leaseSeconds * 250, leases.keep);
  const loops = [every(5_000, keepSessions), every(1_000, () => wakeForDue(current))];
  return {
    async stop() {
      stopped = true;
      for (const end of loops) end();
      const ended = current?.runner.stop().catch(() => undefined);
      await Promise.race([ended, sleep(STOP_MS, undefined, { ref: false })]);
      stopKeeping();
      await closeConnections();
    },
  };
}
