import { createHash } from "node:crypto";
import type pg from "pg";
import { isUnavailable, patientClient, pool, refuseSecondWait, rethrow } from "#lib/db/pool";

/** A row type with a column name in snake_case does not compile: rows use camelCase outside SQL. */
type Camel<Row> = { [Key in keyof Row]: Key extends `${string}_${string}` ? never : Row[Key] };

/** Runs one statement and returns its rows, with `user_id` as `userId`; values become numbered parameters, never text. */
export type Sql = <Row extends Camel<Row> = Record<string, unknown>>(text: TemplateStringsArray, ...values: unknown[]) => Promise<Row[]>;

type Statement = { name: string; text: string };
const statements = new WeakMap<TemplateStringsArray, Map<string, Statement>>();

/** The longest array behind `= ANY(` that is expanded into parameters; a token has as many keyed hashes as there are keys. */
const WRITTEN_OUT = 8;

const isWrittenOut = (before: string | undefined, value: unknown): value is unknown[] =>
  !!before?.endsWith("= ANY(") && Array.isArray(value) && value.length <= WRITTEN_OUT;

/** Builds the text with a numbered parameter for every value, and for every element of a short array behind `= ANY(`. */
function textOf(parts: TemplateStringsArray, values: readonly unknown[]): string {
  let [text, parameters] = [parts[0] ?? "", 0];
  const next = () => {
    parameters += 1;
    return `$${parameters}`;
  };
  for (const [index, value] of values.entries())
    text += `${isWrittenOut(parts[index], value) ? `ARRAY[${value.map(next).join()}]` : next()}${parts[index + 1]}`;
  return text;
}

/**
 * Named, so that each connection parses and plans a statement once; the name derives from the text. Short arrays are expanded, because the planner
 * assumes ten elements for an array parameter and so ten rows for a token.
 */
function statement(parts: TemplateStringsArray, values: readonly unknown[]): Statement & { values: unknown[] } {
  const lengths = values.map((value, index) => (isWrittenOut(parts[index], value) ? value.length : "")).join();
  const variants = statements.get(parts) ?? new Map<string, Statement>();
  statements.set(parts, variants);
  let made = variants.get(lengths);
  if (!made) {
    const text = textOf(parts, values);
    made = { name: createHash("sha256").update(text).digest("base64url").slice(0, 32), text };
    variants.set(lengths, made);
  }
  return { ...made, values: values.flatMap((value, index) => (isWrittenOut(parts[index], value) ? value : [value])) };
}

const camel = (column: string): string => column.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** The fields of each statement's rows, by the name of the statement. */
const fieldsOf = new Map<string, string[]>();

function rowsOf<Row>(name: string, { fields, rows }: pg.QueryArrayResult): Row[] {
  let names = fieldsOf.get(name);
  if (names?.length !== fields.length) {
    names = fields.map((field) => camel(field.name));
    fieldsOf.set(name, names);
  }
  const of = names;
  return rows.map((values) => Object.fromEntries(of.map((field, index) => [field, values[index]])) as Row);
}

const over =
  (client: { query: pg.Pool["query"] }): Sql =>
  async <Row>(text: TemplateStringsArray, ...values: unknown[]) => {
    refuseSecondWait();
    const asked = statement(text, values);
    try {
      return rowsOf<Row>(asked.name, await client.query({ ...asked, rowMode: "array" }));
    } catch (error) {
      return rethrow(error);
    }
  };

/** One statement with its own commit. */
export const sql: Sql = (text, ...values) => over(pool() as { query: pg.Pool["query"] })(text, ...values);

/**
 * Prepares a statement whose text is composed of our own constants, with `$` for each parameter. Create it once, because it is named and planned by
 * its text.
 */
export function composed(text: string): TemplateStringsArray {
  const parts = text.split("$");
  return Object.assign(parts, { raw: parts }) as unknown as TemplateStringsArray;
}

/** Composes a statement at its first use, for a text that depends on the environment. */
export function composedLater(text: () => string): () => TemplateStringsArray {
  let made: TemplateStringsArray | undefined;
  return () => {
    made ??= composed(text());
    return made;
  };
}

/** Thrown inside a transaction to undo it and hand a value to its caller. */
class Rollback {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

/** Undoes the running transaction; `transaction` returns the value instead of committing. */
export function rollback(value: unknown): never {
  throw new Rollback(value);
}

/** Makes all statements that were sent together fail with the first error; the later ones only report 25P02. */
function failingAlike(tx: Sql): Sql {
  let failure: { error: unknown } | undefined;
  return async (text, ...values) => {
    try {
      return await tx(text, ...values);
    } catch (error) {
      failure ??= { error };
      throw failure.error;
    }
  };
}

type Connection = { query: pg.Pool["query"]; release(broken: boolean): unknown };

/** The socket of a client, which the driver does not publish. */
type Wired = { connection?: { stream?: { cork?(): void; uncork?(): void } } };

/** Sends the statements of one turn of the event loop in one write: a system call costs more than a short statement. */
function gathering(client: pg.ClientBase): pg.Pool["query"] {
  const stream = (client as unknown as Wired).connection?.stream;
  let held = false;
  const query = (...given: unknown[]) => {
    if (!held) {
      held = true;
      stream?.cork?.();
      process.nextTick(() => {
        held = false;
        stream?.uncork?.();
      });
    }
    return (client.query as (...all: unknown[]) => unknown).apply(client, given);
  };
  return query as pg.Pool["query"];
}

async function connect(patient: boolean): Promise<Connection> {
  if (patient) {
    const client = await patientClient();
    return { query: gathering(client), release: () => client.end().catch(() => undefined) };
  }
  const client = await pool().connect();
  return { query: gathering(client), release: (broken) => client.release(broken) };
}

/**
 * Runs statements in one transaction; throws `DatabaseUnavailable` when the database cannot answer. Statements sent together (`Promise.all`) run in
 * the order of sending; `patient` removes the time limits, for operators' commands only.
 */
export async function transaction<T>(work: (tx: Sql) => Promise<T>, { patient = false } = {}): Promise<T> {
  refuseSecondWait();
  const client = await connect(patient).catch(rethrow);
  let broken = false;
  try {
    await client.query("BEGIN");
    const value = await work(failingAlike(over(client)));
    await client.query("COMMIT");
    return value;
  } catch (error) {
    // An unavailable database would not answer a ROLLBACK either; closing the connection also undoes the transaction.
    broken = isUnavailable(error);
    if (!broken)
      await client.query("ROLLBACK").catch(() => {
        broken = true;
      });
    if (error instanceof Rollback) return error.value as T;
    return rethrow(error);
  } finally {
    // A connection that failed to roll back is in an unknown state and must not be reused.
    client.release(broken);
  }
}

/** Returns the constraint of a unique or foreign key violation, or null for any other error. */
export function violatedConstraint(error: unknown): string | null {
  const { code, constraint } = (error ?? {}) as { code?: unknown; constraint?: unknown };
  return (code === "23505" || code === "23503") && typeof constraint === "string" ? constraint : null;
}

/**
 * Retries a transaction that lost a race which one of these unique constraints decided; the next round sees the winner. Bounded: each round has a
 * winner, so a violation that never ends is a bug and is thrown.
 */
export async function retryOn<T>(constraints: readonly string[], work: () => Promise<T>, rounds = 50): Promise<T> {
  for (let round = 1; ; round += 1) {
    try {
      return await work();
    } catch (error) {
      const violated = violatedConstraint(error);
      if (!violated || !constraints.includes(violated) || round >= rounds) throw error;
    }
  }
}
