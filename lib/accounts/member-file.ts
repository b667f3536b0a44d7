import { pipeline, type Readable } from "node:stream";
import { text as textOf } from "node:stream/consumers";
import { type CsvError, parse } from "csv-parse";
import type { ImportRow } from "#lib/accounts/import-members";

/** Reads members of another system: CSV with a line of names, or JSON with a list of objects; the columns are email, password_hash, phone, groups. */

/** The columns of a file; the first one alone must be there. */
export const memberColumns = ["email", "password_hash", "phone", "groups"] as const;

/** How a file is written. */
export type MemberFormat = "csv" | "json";

/**
 * Why a file cannot be read: no column of addresses, a line of CSV that is broken, text that is no JSON, or JSON without a list. `line` is where, and
 * the message may quote the file, so that it is for the one who has it.
 */
export class MemberFileError extends Error {
  readonly problem: "no_email_column" | "broken_csv" | "broken_json" | "no_list";
  readonly line: number | null;
  constructor(problem: MemberFileError["problem"], message: string, line: number | null = null) {
    super(message);
    this.problem = problem;
    this.line = line;
  }
}

type Fields = Record<string, unknown>;

const text = (value: unknown): string =>
  typeof value === "string" ? value.trim() : value === null || value === undefined ? "" : String(value);

const rowOf = (fields: Fields, line: number): ImportRow => ({
  line,
  email: text(fields.email),
  passwordHash: text(fields.password_hash),
  phone: text(fields.phone),
  groups: (Array.isArray(fields.groups) ? fields.groups.map(text) : text(fields.groups).split(/[;|]/))
    .map((one) => one.trim())
    .filter(Boolean),
});

function named(names: string[]): string[] {
  const lower = names.map((name) => name.trim().toLowerCase());
  if (!lower.includes(memberColumns[0]))
    throw new MemberFileError("no_email_column", `has no column "email". Its columns are: ${names.join(", ")}.`);
  return lower;
}

async function* fromCsv(input: Readable): AsyncGenerator<ImportRow> {
  const rows = parse({ columns: named, bom: true, info: true, relax_column_count: false, trim: true, skip_empty_lines: true });
  // The loop throws what fails meanwhile.
  pipeline(input, rows, () => undefined);
  try {
    for await (const { record, info } of rows as AsyncIterable<{ record: Fields; info: { lines: number } }>)
      yield rowOf(record, info.lines);
  } catch (error) {
    if (!isCsvError(error)) throw error;
    throw new MemberFileError("broken_csv", `cannot be read as CSV: ${error.message}`, Number(error.lines) || null);
  }
}

const isCsvError = (error: unknown): error is CsvError => error instanceof Error && String((error as CsvError).code).startsWith("CSV_");

async function* fromJson(input: Readable): AsyncGenerator<ImportRow> {
  let list: unknown;
  const whole = await textOf(input);
  try {
    list = JSON.parse(whole);
  } catch (error) {
    throw new MemberFileError("broken_json", `cannot be read as JSON: ${(error as Error).message}`);
  }
  const rows = Array.isArray(list) ? list : (list as { users?: unknown } | null)?.users;
  if (!Array.isArray(rows)) throw new MemberFileError("no_list", "has no list of members.");
  for (const [index, row] of rows.entries()) yield rowOf((row ?? {}) as Fields, index + 1);
}

/** How a file is written, by the end of its name. */
export const formatOf = (name: string): MemberFormat => (name.toLowerCase().endsWith(".json") ? "json" : "csv");

/** The members of a file, one after the other. Throws `MemberFileError`, also in the middle. */
export const readMembers = (input: Readable, format: MemberFormat): AsyncGenerator<ImportRow> =>
  format === "json" ? fromJson(input) : fromCsv(input);
