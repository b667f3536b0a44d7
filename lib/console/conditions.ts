import { composed } from "#lib/db/sql";

/** Statements whose conditions depend on the filters of a page. Every value is a parameter; the texts are constants of this product. */

/** One condition: its SQL with a `$` for each value. */
export type Condition = { text: string; values: readonly unknown[] };

export const when = (text: string, ...values: unknown[]): Condition => ({ text, values });

const allOf = (conditions: readonly Condition[]): string =>
  conditions.length > 0 ? conditions.map(({ text }) => text).join(" AND ") : "true";

/** How a log is looked through: in which order, how many rows at most, and how many of them a page shows. */
type Looking = { table: "messages" | "audit_events"; order: string; most: number; page: number };

/**
 * SQL of the rows of a page: those that `{driving}` finds by an index, of which at most so many are looked through for those that meet `{filters}`. A page
 * costs the same whatever is sought.
 */
export const lookThrough = ({ table, order, most, page }: Looking): string => `
  SELECT * FROM (SELECT * FROM ${table} WHERE {driving} ORDER BY ${order} LIMIT ${most}) s WHERE {filters} ORDER BY ${order} LIMIT ${page + 1}`;

/** SQL of the last row that was looked through; none where the rows came to an end before. `time` is the column of its place. */
export const lastLookedAt = ({ table, order, most, time }: Looking & { time: string }): string => `
  SELECT to_json(${time})#>>'{}' AS at, id::text AS id FROM (
    SELECT ${time}, id, row_number() OVER (ORDER BY ${order}) AS n FROM (
      SELECT ${time}, id FROM ${table} WHERE {driving} ORDER BY ${order} LIMIT ${most}) s) t
  WHERE n = ${most}`;

/** Every composed statement, by its text: a statement is prepared once. */
const statements = new Map<string, TemplateStringsArray>();

/**
 * Fills the places `{NAME}` of a statement with the conditions of that name, and returns it with its values in the order in which the places stand.
 * Each place may stand once.
 */
export function withConditions(
  text: string,
  places: Record<string, readonly Condition[]>,
): [statement: TemplateStringsArray, ...values: unknown[]] {
  const values: unknown[] = [];
  const filled = text.replace(/\{([a-z]+)\}/g, (_, name: string) => {
    const conditions = places[name] ?? [];
    values.push(...conditions.flatMap((one) => one.values));
    return allOf(conditions);
  });
  const statement = statements.get(filled) ?? composed(filled);
  statements.set(filled, statement);
  return [statement, ...values];
}
