import { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Logger, type Runner, run, type WorkerEvents } from "graphile-worker";
import pg from "pg";
import { isUnavailable } from "#lib/db/pool";
import { poolSettings } from "#lib/db/settings";
import { sql } from "#lib/db/sql";
import { closeConnections, keepSessions } from "#lib/delivery/connections";
import { env } from "#lib/env";
import { tasks } from "#lib/jobs/tasks";
import { log } from "#lib/log";

const CRON = "* * * * * seal_audit ?max=1\n* * * * * watch_conversion ?max=1\n*/10 * * * * clean_up ?max=1\n*/15 * * * * reseal ?max=1";

/** A job ends within three hand-overs of five seconds; one that is held longer belongs to a process that died. */
const DEAD_AFTER_SECONDS = 20;

/** Frees the jobs of dead workers, so that a text whose worker was killed goes out within seconds (RE-01). */
const freeDeadJobs = () => sql`
  SELECT graphile_worker.force_unlock_workers(array_agg(DISTINCT locked_by)) FROM graphile_worker._private_jobs
  WHERE locked_at < now() - make_interval(secs => ${DEAD_AFTER_SECONDS}::int) HAVING count(*) > 0`;

const QUEUE = {
  taskList: tasks,
  crontab: CRON,
  // A text waits for its provider most of its time: 80 at once carry 200 a second past one that answers in 300 ms.
  concurrency: 80,
  noHandleSignals: true,
  // What is queued now is told by NOTIFY, what has come due by `wakeForDue`.
  pollInterval: 16_000,
  logger: new Logger(() => () => undefined),
  // Reported in batches, because only then does a report that the database did not take end the run; alone it would leave its job locked.
  preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
};

/** A run of the queue that tells when it has ended, and under which name it had locked its jobs. */
type Run = { runner: Runner; lockedBy: string; nudge(count: number): void };

/** The 80 fall asleep together and wake together, up to 16 s late for what was queued for a moment in between: a question, a late receipt. */
async function wakeForDue(current: Run | null): Promise<void> {
  const [row] = await sql<{ due: number }>`
    SELECT count(*)::int AS due FROM (SELECT FROM graphile_worker._private_jobs WHERE is_available AND run_at <= now() LIMIT 80) due`;
  if (row && row.due > 0) current?.nudge(row.due);
}

/** The longest a run that shuts itself down is waited for, and one that is told to stop (its jobs end within 20 s), in milliseconds. */
const RUN_ENDS_MS = 3_000;
const STOP_MS = 25_000;

async function runOnce(onEnd: (lockedBy: string) => void): Promise<Run> {
  const pool = new pg.Pool({
    connectionString: env().DATABASE_URL,
    max: 20,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    ...poolSettings("worker"),
    application_name: "sekisho worker",
  });
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  const events: WorkerEvents = new EventEmitter();
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
    const runner = await run({ ...QUEUE, pgPool: pool, events });
    let over = false;
    const ended = () => {
      if (over) return;
      over = true;
      pool.end().catch(() => undefined);
      onEnd(lockedBy);
    };
    runner.promise.then(ended, ended);
    // A run that could not report its jobs shuts itself down, and then may wait for ever for its own count of reports to come to zero
    // (graphile-worker 0.18, `batch`): its jobs are left to the next run.
    events.on("pool:gracefulShutdown", () => setTimeout(ended, RUN_ENDS_MS).unref());
    return { runner, lockedBy, nudge };
  } catch (error) {
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

/** Runs the jobs in this process until `stop`; when the database goes away it starts again by itself, twice a second at most. */
export async function startWorker(): Promise<{ stop(): Promise<void> }> {
  let current: Run | null = null;
  let stopped = false;
  const left: string[] = [];
  const start = async (): Promise<void> => {
    if (stopped) return;
    try {
      // What the run before could not report when the database went: nobody works on it any more.
      if (left.length > 0) await sql`SELECT graphile_worker.force_unlock_workers(${left}::text[])`;
      left.length = 0;
      current = await runOnce((lockedBy) => {
        current = null;
        left.push(lockedBy);
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
  const loops = [every(5_000, freeDeadJobs), every(5_000, keepSessions), every(1_000, () => wakeForDue(current))];
  return {
    async stop() {
      stopped = true;
      for (const end of loops) end();
      const ended = current?.runner.stop().catch(() => undefined);
      await Promise.race([ended, sleep(STOP_MS, undefined, { ref: false })]);
      await closeConnections();
    },
  };
}
