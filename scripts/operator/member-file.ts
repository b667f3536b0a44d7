import { createReadStream, existsSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { parse } from "csv-parse";
import type { ImportRow } from "#lib/accounts/import-members";
import { CommandRefusal } from "../machine/refusal.ts";

/** Reads members from a file: CSV with a line of names, or JSON with a list of objects; the columns are email, password_hash, phone, groups. */

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

async function* fromCsv(file: string): AsyncGenerator<ImportRow> {
  const rows = createReadStream(file).pipe(
    parse({
      columns: (names: string[]) => named(names, file),
      bom: true,
      info: true,
      relax_column_count: false,
      trim: true,
      skip_empty_lines: true,
    }),
  );
  try {
    for await (const { record, info } of rows as AsyncIterable<{ record: Fields; info: { lines: number } }>)
      yield rowOf(record, info.lines);
  } catch (error) {
    throw error instanceof CommandRefusal ? error : new CommandRefusal(`${file} cannot be read as CSV: ${(error as Error).message}`);
  }
}

function named(names: string[], file: string): string[] {
  const lower = names.map((name) => name.trim().toLowerCase());
  if (!lower.includes("email")) throw new CommandRefusal(`${file} has no column "email". Its columns are: ${names.join(", ")}.`);
  return lower;
}

function* fromJson(file: string): Generator<ImportRow> {
  let list: unknown;
  try {
    list = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new CommandRefusal(`${file} cannot be read as JSON: ${(error as Error).message}`);
  }
  const rows = Array.isArray(list) ? list : (list as { users?: unknown } | null)?.users;
  if (!Array.isArray(rows)) throw new CommandRefusal(`${file} has no list of members.`);
  for (const [index, row] of rows.entries()) yield rowOf((row ?? {}) as Fields, index + 1);
}

/** The members of a file, one after the other. */
export async function* membersOfFile(file: string): AsyncGenerator<ImportRow> {
  if (!existsSync(file)) throw new CommandRefusal(`There is no file ${file}.`);
  yield* extname(file).toLowerCase() === ".json" ? fromJson(file) : fromCsv(file);
}
