import { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Logger, type Runner, run, type TaskList, type WorkerEvents } from "graphile-worker";
import { PatientPool } from "#lib/db/patient-pool";
import { isUnavailable } from "#lib/db/pool";
import { watchPool } from "#lib/db/pool-watch";
import { poolSettings } from "#lib/db/settings";
import { sql } from "#lib/db/sql";
import { closeConnections, keepSessions } from "#lib/delivery/connections";
import { env } from "#lib/env";
import { createLeases, LEASE_SECONDS, type Leases } from "#lib/jobs/leases";
import { tasks } from "#lib/jobs/tasks";
import { log } from "#lib/log";

const CRON =
  "* * * * * seal_audit ?max=1\n* * * * * verify_audit ?max=1\n* * * * * watch_conversion ?max=1\n*/5 * * * * watch_receipts ?max=1\n*/10 * * * * clean_up ?max=1\n*/15 * * * * reseal ?max=1";

// A text spends most of its time waiting for the provider: 80 concurrent jobs carry 200 a second to a provider that answers in 300 ms.
const CONCURRENCY = 80;

const QUEUE = {
  crontab: CRON,
  concurrency: CONCURRENCY,
  noHandleSignals: true,
  // What is queued now is told by NOTIFY, what has come due by `wakeForDue`.
  pollInterval: 16_000,
  logger: new Logger(() => () => undefined),
  // One statement fetches jobs for all 80 slots instead of one connection per slot; a per-slot fetch that fails during shutdown would also print a
  // trace that bypasses every logger. Jobs without a free slot are returned after five seconds.
  preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0, localQueue: { size: CONCURRENCY, ttl: 5_000 } } },
};

/** A run of the queue that tells when it has ended, and under which name it had locked its jobs. */
type Run = { runner: Runner; lockedBy: string; nudge(count: number): void };

/**
 * Wakes the queue for jobs whose scheduled time has come (a status query, a receipt); otherwise it polls only every 16 s and when a job is added.
 */
async function wakeForDue(current: Run | null): Promise<void> {
  const [row] = await sql<{ due: number }>`
    SELECT count(*)::int AS due FROM (SELECT FROM graphile_worker._private_jobs WHERE is_available AND run_at <= now() LIMIT ${CONCURRENCY}::int) due`;
  if (row && row.due > 0) current?.nudge(row.due);
}

/**
 * Milliseconds to wait at most: for a run that shuts itself down, for a run that is told to stop (its jobs end within 20 s), and for one statement.
 */
const RUN_ENDS_MS = 3_000;
const STOP_MS = 25_000;
const QUERY_MS = 15_000;

async function runOnce(taskList: TaskList, leases: Leases, onEnd: (lockedBy: string) => void): Promise<Run> {
  const pool = new PatientPool({
    connectionString: env().DATABASE_URL,
    max: 20,
    connectionTimeoutMillis: 5_000,
    // Without this time-out a connection that lost its server would block until the operating system gives up; `pipeline` closes it then.
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
  // The queue retries it; what keeps failing is for an operator to see. A database that is away says so elsewhere.
  events.on("job:error", ({ error, job }) => {
    if (isUnavailable(error)) return;
    log.error({ event: "job.failed", job: job.task_identifier, jobId: String(job.id), attempt: job.attempts, error }, "a job failed");
  });
  events.on("pool:create", ({ workerPool }) => {
    lockedBy = workerPool.id;
    nudge = (count) => workerPool._active && workerPool.nudge(count);
  });
  try {
    const runner = await run({ ...QUEUE, taskList: leases.watched(taskList), pgPool: pool, events });
    let over = false;
    const ended = () => {
      if (over) return;
      over = true;
      unwatch();
      pool.end().catch(() => undefined);
      onEnd(lockedBy);
    };
    runner.promise.then(ended, ended);
    // A run that could not report its jobs shuts itself down, and then may wait for ever for its own count of reports to come to zero
    // (graphile-worker 0.18, `batch`): its jobs are left to the next run.
    events.on("pool:gracefulShutdown", () => setTimeout(ended, RUN_ENDS_MS).unref());
    return { runner, lockedBy, nudge };
  } catch (error) {
    unwatch();
    pool.end().catch(() => undefined);
    throw error;
  }
}

/** Does something again and again, each time a while after it has ended: a database that hangs must not find its pool full of these. */
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

/** Runs the jobs in this process until `stop`, and restarts after a lost database, at most twice a second. The length of a lease is in seconds. */
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
