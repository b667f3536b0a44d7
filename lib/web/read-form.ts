import type { z } from "zod";
import type { ErrorCode } from "#lib/errors";
import { fail, ok, type Result } from "#lib/result";
import type { FormRefusal } from "#lib/web/form-state";

/** Fields that are never sent back to the browser, and may consist of spaces. */
const SECRET = new Set(["password", "code", "assertion", "stopCode", "undoCode", "statusCode"]);

/** Checkboxes of one list: a form has the name once for each that is checked, and the values are joined by spaces. */
const LISTS = new Set(["check"]);

/** Whether a field is a secret, by its name or as the secret of a provider account. */
const isSecret = (name: string): boolean => SECRET.has(name) || name.startsWith("secret.");

/** Returns the fields of a form without secrets, to fill in again. */
export const shown = (fields: Record<string, string>) => Object.fromEntries(Object.entries(fields).filter(([name]) => !isSecret(name)));

/** Files that a form may have; they are no fields, and their action reads them by itself. */
const FILES = new Set(["invoice", "logo", "members"]);

/** Reads a form as strings only; rejects any other file, a repeated field or NUL before any further processing (WB-05). */
export function fieldsOf(form: FormData, without: string | undefined): Record<string, string> | null {
  // Without a prototype, so that a field named __proto__ is an ordinary unknown field.
  const fields: Record<string, string> = Object.create(null);
  for (const [key, value] of form.entries()) {
    if (key.startsWith("$ACTION") || key === without || (FILES.has(key) && typeof value !== "string")) continue;
    const before = fields[key];
    if (typeof value !== "string" || (before !== undefined && !LISTS.has(key)) || value.includes("\0")) return null;
    fields[key] = before === undefined ? value : `${before} ${value}`;
  }
  return fields;
}

/** Returns true if a required field is missing: a browser sends an empty text field as an empty string. */
const isMissing = (name: string, field: z.ZodType, value: string | undefined): boolean =>
  !(isSecret(name) ? value : value?.trim()) && !field.safeParse(undefined).success;

/** Validates the fields strictly by a schema, and requires text where it requires a field; refuses with a code per field. */
export function judgeFields<S extends z.ZodObject>(schema: S, fields: Record<string, string> | null): Result<z.output<S>, FormRefusal> {
  if (!fields) return fail({ code: "invalid_input" });
  const parsed = schema.strict().safeParse(fields);
  const errors: Record<string, ErrorCode> = {};
  for (const [name, field] of Object.entries(schema.shape)) if (isMissing(name, field, fields[name])) errors[name] = "required";
  for (const issue of parsed.error?.issues ?? []) errors[String(issue.path[0] ?? "form")] ??= "invalid_input";
  return parsed.success && Object.keys(errors).length === 0
    ? ok(parsed.data as z.output<S>)
    : fail({ code: "invalid_input", fields: errors });
}
