import { record } from "#lib/audit/record";
import { type Sql, sql, transaction } from "#lib/db/sql";
import { isSetting, type SettingName, settings, storedAs } from "#lib/policy/settings";
import { fail, ok, type Result } from "#lib/result";

/** Why a change was refused: an unknown setting or an invalid value; `at` is the place in the value. */
export type PolicyProblem = { problem: "unknown_setting" } | { problem: "invalid_value"; name: SettingName; at: string };

const placeOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");

/**
 * Sets a setting for every instance: a new row of its history, with its author in the audit log. False where that is its value already; two at once
 * are one after the other.
 */
export async function setSettingIn(tx: Sql, name: string, value: unknown, by: string): Promise<Result<boolean, PolicyProblem>> {
  if (!isSetting(name)) return fail({ problem: "unknown_setting" });
  const parsed = settings[name].schema.safeParse(value);
  if (!parsed.success) return fail({ problem: "invalid_value", name, at: placeOf(parsed.error.issues[0]?.path ?? []) });
  await tx`SELECT pg_advisory_xact_lock(hashtextextended(${`policy/${name}`}, 0))`;
  if (JSON.stringify(await storedValue(tx, name)) === JSON.stringify(parsed.data)) return ok(false);
  await tx`INSERT INTO policy_changes (name, value, by) VALUES (${name}, ${JSON.stringify(parsed.data)}::jsonb, ${by})`;
  await record(tx, { event: "policy.changed", method: `${name} ${by}`, ip: "", userAgent: "" });
  return ok(true);
}

/** The same in a transaction of its own, for commands. */
export const setSetting = (name: string, value: unknown, by: string): Promise<Result<boolean, PolicyProblem>> =>
  transaction((tx) => setSettingIn(tx, name, value, by));

/** The value of a setting now. */
async function storedValue(tx: Sql, name: SettingName): Promise<unknown> {
  const [row] = await tx<{ value: unknown }>`SELECT value FROM policy_changes WHERE name = ${name} ORDER BY id DESC LIMIT 1`;
  return storedAs(name, row?.value);
}

/** The value of one setting now, in a statement of its own. */
export const readSetting = (name: SettingName): Promise<unknown> => storedValue(sql, name);
