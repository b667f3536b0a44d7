import type { ClientBase } from "pg";

/** The settings that every connection requests at connect, so that a default of the server, the database or the login cannot change results. */

/** The role that the application acts as; without a separate owner URL the owner's login switches to it at connect. */
export const APP_ROLE = "sekisho_app";

type Settings = Readonly<Record<string, string>>;

const EVERYWHERE: Settings = {
  // Name resolution: an earlier schema in the search path could contain tables and functions of the same names.
  search_path: "public",
  // Text formats: those that pg reads and writes.
  client_encoding: "UTF8",
  DateStyle: "ISO,MDY",
  IntervalStyle: "postgres",
  TimeZone: "UTC",
  bytea_output: "hex",
  extra_float_digits: "1",
  standard_conforming_strings: "on",
  array_nulls: "on",
  transform_null_equals: "off",
  // Transactions: the guards assume read committed, and a retry needs its connection after an error.
  default_transaction_isolation: "read committed",
  default_transaction_read_only: "off",
  default_transaction_deferrable: "off",
  exit_on_error: "off",
  idle_session_timeout: "0",
  // The queue's tables have row level security with a policy for our role; `row_security = off` would make every query fail.
  row_security: "on",
  // Distributions enable JIT: a statement with a high estimate takes hundreds of milliseconds to compile instead of one to run.
  jit: "off",
  "plpgsql.extra_errors": "none",
  // Parameters of a failed statement include addresses and sealed numbers, which must not appear in the server's log.
  log_parameter_max_length_on_error: "0",
  client_min_messages: "warning",
};

/** Milliseconds after which the server cancels; 0 disables the limit. */
type Patience = { statement: number; lock: number; idleInTransaction: number };

const patienceOf = ({ statement, lock, idleInTransaction }: Patience): Settings => ({
  statement_timeout: String(statement),
  lock_timeout: String(lock),
  idle_in_transaction_session_timeout: String(idleInTransaction),
});

const ENDLESS: Patience = { statement: 0, lock: 0, idleInTransaction: 0 };

// Statements find their rows by keys, so one generic plan per statement saves planning at every call. The plan may date from when a table was
// small, so sequential scans are disabled and random pages are priced as in memory or on flash (docs/decisions/024).
const BY_KEYS: Settings = { plan_cache_mode: "force_generic_plan", enable_seqscan: "off", random_page_cost: "1.1" };

/** Milliseconds that a statement of the application may run: every request is answered within 5 s (RE-03). */
export const ANSWER_MS = 2_500;

const KINDS = {
  application: {
    role: APP_ROLE,
    ...BY_KEYS,
    ...patienceOf({ statement: ANSWER_MS - 100, lock: ANSWER_MS - 500, idleInTransaction: 10_000 }),
  },
  /** For an operator's command that changes every account. */
  patient: { role: APP_ROLE, plan_cache_mode: "auto", ...patienceOf(ENDLESS) },
  // Job bookkeeping need not survive a crash: a repeated job finds that its message was sent. A refused job report would end the run of the queue,
  // so the server's limits match those of the pool (lib/jobs/worker).
  worker: {
    role: APP_ROLE,
    ...BY_KEYS,
    ...patienceOf({ statement: 15_000, lock: 15_000, idleInTransaction: 15_000 }),
    synchronous_commit: "off",
  },
  /** The owner's connection; a start waits without a time limit for the migrations of another process. */
  migration: { plan_cache_mode: "auto", ...patienceOf(ENDLESS) },
} as const satisfies Record<string, Settings>;

export type ConnectionKind = keyof typeof KINDS;

/** Returns every setting of one kind of connection, by its name. */
export const settingsOf = (kind: ConnectionKind): Settings => ({ ...EVERYWHERE, ...KINDS[kind] });

// In `options` a space separates and a backslash escapes (PostgreSQL protocol, StartupMessage).
const escaped = (value: string) => value.replace(/[\\ ]/g, "\\$&");

/** The settings in pg's `options` format: they apply from the first statement on, and override those of the login and the database. */
export const optionsOf = (kind: ConnectionKind): string =>
  Object.entries(settingsOf(kind))
    .map(([name, value]) => `-c ${name}=${escaped(value)}`)
    .join(" ");

/** Disables a default `transaction_timeout`; before PostgreSQL 17, which would reject the name in `options`, it does not exist. */
export async function liftTransactionLimit(client: ClientBase): Promise<void> {
  await client.query("SELECT set_config('transaction_timeout', '0', false) WHERE current_setting('transaction_timeout', true) <> '0'");
}

/** Seconds after which a connection and its cached plans are replaced. */
const LIFETIME = 600;

/** Returns the pool options for this kind of connection, except address and size. */
export const poolSettings = (kind: ConnectionKind) => ({
  options: optionsOf(kind),
  onConnect: liftTransactionLimit,
  maxLifetimeSeconds: LIFETIME,
});
