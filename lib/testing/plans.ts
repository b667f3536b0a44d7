import { EventEmitter } from "node:events";
import { Logger, runOnce, type WorkerEvents } from "graphile-worker";
import pg from "pg";
import { pool } from "#lib/db/pool";
import { poolSettings } from "#lib/db/settings";
import { env } from "#lib/env";
import { tasks } from "#lib/jobs/tasks";

/**
 * Captures the plans that statements actually use, including those inside functions and triggers: auto_explain reports them as warnings. Tests
 * only.
 */

export type Node = { "Node Type": string; "Relation Name"?: string; "Index Name"?: string; "Index Cond"?: string; Plans?: Node[] };
export type Plan = { text: string; cost: number; nodes: Node[] };

const AUTO_EXPLAIN = {
  session_preload_libraries: "auto_explain",
  "auto_explain.log_min_duration": "0",
  "auto_explain.log_nested_statements": "on",
  "auto_explain.log_format": "json",
  "auto_explain.log_level": "warning",
};

const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** Before PostgreSQL 18 a disabled scan adds this cost as a mark, not as an estimate. */
const SWITCHED_OFF = 1e10;

const heard = new Map<string, Plan>();

function hear({ message = "" }: { message?: string | undefined }): void {
  const json = /plan:\n([\s\S]*)$/.exec(message)?.[1];
  if (!json) return;
  const { "Query Text": query, Plan } = JSON.parse(json) as { "Query Text": string; Plan: Node & { "Total Cost": number } };
  const [text, cost] = [query.replace(/\s+/g, " ").trim(), Plan["Total Cost"] % SWITCHED_OFF];
  // The most expensive plan of a statement represents it.
  if (cost >= (heard.get(text)?.cost ?? 0)) heard.set(text, { text, cost, nodes: nodesOf(Plan) });
}

/** Enables plan reports on new connections of the application; `superuser` is a connection to the same database. */
export async function tellPlans(superuser: pg.Client): Promise<void> {
  const name = new URL(env().DATABASE_URL).pathname.slice(1);
  for (const [setting, value] of Object.entries(AUTO_EXPLAIN)) await superuser.query(`ALTER DATABASE ${name} SET ${setting} = '${value}'`);
  pool().on("connect", (client) => client.on("notice", hear));
}

/** Returns the plans of the work, which runs on new connections only. */
export async function plansOf(superuser: pg.Client, work: () => Promise<unknown>): Promise<Plan[]> {
  await superuser.query(
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'sekisho'",
  );
  // The pool hears of the end of its connections a moment later.
  await new Promise((resolve) => setTimeout(resolve, 50));
  heard.clear();
  await work();
  return [...heard.values()];
}

/** Runs the queued jobs on connections of the worker's kind. */
export async function doJobs(): Promise<void> {
  const workers = new pg.Pool({ connectionString: env().DATABASE_URL, ...poolSettings("worker") });
  workers.on("error", () => undefined);
  workers.on("connect", (client) => client.on("error", () => undefined).on("notice", hear));
  const events: WorkerEvents = new EventEmitter();
  try {
    await runOnce({ pgPool: workers, taskList: tasks, events, noHandleSignals: true, logger: new Logger(() => () => undefined) });
  } finally {
    await workers.end();
  }
}
