import type { ClientBase } from "pg";

/** What every connection of the product relies on, said at connect: a default of the server, the database or the login must not change an answer. */

/** The role the application acts as; without a separate owner URL the same login takes it on at connect. */
export const APP_ROLE = "sekisho_app";

type Settings = Readonly<Record<string, string>>;

const EVERYWHERE: Settings = {
  // Names: a schema in front of ours could hold tables and functions of the same names.
  search_path: "public",
  // Values as text: what pg reads and writes.
  client_encoding: "UTF8",
  DateStyle: "ISO,MDY",
  IntervalStyle: "postgres",
  TimeZone: "UTC",
  bytea_output: "hex",
  extra_float_digits: "1",
  standard_conforming_strings: "on",
  array_nulls: "on",
  transform_null_equals: "off",
  // Transactions: our guards are written for read committed, and a retry needs its connection after an error.
  default_transaction_isolation: "read committed",
  default_transaction_read_only: "off",
  default_transaction_deferrable: "off",
  exit_on_error: "off",
  idle_session_timeout: "0",
  // The queue's tables have row level security with a policy for us; off would be an error at each of them.
  row_security: "on",
  // Every distribution compiles statements whose estimate is high: hundreds of milliseconds for a statement of one.
  jit: "off",
  "plpgsql.extra_errors": "none",
  // Values of a failed statement are addresses and sealed numbers: they do not belong in the server's log.
  log_parameter_max_length_on_error: "0",
  client_min_messages: "warning",
};

/** Milliseconds after which the server gives up by itself; 0 is never. */
type Patience = { statement: number; lock: number; idleInTransaction: number };

const patienceOf = ({ statement, lock, idleInTransaction }: Patience): Settings => ({
  statement_timeout: String(statement),
  lock_timeout: String(lock),
  idle_in_transaction_session_timeout: String(idleInTransaction),
});

const ENDLESS: Patience = { statement: 0, lock: 0, idleInTransaction: 0 };

// Our statements find their rows by keys, whatever the values: one plan for all of them saves a planning at every call. It may have been
// made while a table was small and is kept while it grows, so reading the table from end to end is no choice, and a page found by an index
// costs what it costs in memory and on flash (docs/decisions/024).
const BY_KEYS: Settings = { plan_cache_mode: "force_generic_plan", enable_seqscan: "off", random_page_cost: "1.1" };

/** The longest that a statement of the application runs, in milliseconds: everybody is answered within 5 s (RE-03). */
export const ANSWER_MS = 2_500;

const KINDS = {
  application: {
    role: APP_ROLE,
    ...BY_KEYS,
    ...patienceOf({ statement: ANSWER_MS - 100, lock: ANSWER_MS - 500, idleInTransaction: 10_000 }),
  },
  /** For an operator's command that touches every account. */
  patient: { role: APP_ROLE, plan_cache_mode: "auto", ...patienceOf(ENDLESS) },
  // Taking a job and ticking it off need not survive a crash: the job is then done once more and finds its message sent. A report of jobs
  // that is refused ends the run of the queue, so the server is as patient as the pool (lib/jobs/worker).
  worker: {
    role: APP_ROLE,
    ...BY_KEYS,
    ...patienceOf({ statement: 15_000, lock: 15_000, idleInTransaction: 15_000 }),
    synchronous_commit: "off",
  },
  /** As the owner; a start waits for the migrations of another as long as they take. */
  migration: { plan_cache_mode: "auto", ...patienceOf(ENDLESS) },
} as const satisfies Record<string, Settings>;

export type ConnectionKind = keyof typeof KINDS;

/** Every setting of one kind of connection, by its name. */
export const settingsOf = (kind: ConnectionKind): Settings => ({ ...EVERYWHERE, ...KINDS[kind] });

// In `options` a blank separates and a backslash escapes (PostgreSQL protocol, StartupMessage).
const escaped = (value: string) => value.replace(/[\\ ]/g, "\\$&");

/** The settings in the form of pg's `options`: they are in force from the first statement on, and win over what the login or the database has set. */
export const optionsOf = (kind: ConnectionKind): string =>
  Object.entries(settingsOf(kind))
    .map(([name, value]) => `-c ${name}=${escaped(value)}`)
    .join(" ");

/** Lifts a default limit of whole transactions; before PostgreSQL 17, which would refuse the name in `options`, there is none. */
export async function liftTransactionLimit(client: ClientBase): Promise<void> {
  await client.query("SELECT set_config('transaction_timeout', '0', false) WHERE current_setting('transaction_timeout', true) <> '0'");
}

/** Seconds after which a connection is replaced, and with it the plans that it keeps. */
const LIFETIME = 600;

/** What a pool of this kind is made with, besides its address and size. */
export const poolSettings = (kind: ConnectionKind) => ({
  options: optionsOf(kind),
  onConnect: liftTransactionLimit,
  maxLifetimeSeconds: LIFETIME,
});
