import { record } from "#lib/audit/record";
import { prisma } from "#lib/db/prisma";
import { type Sql, sql } from "#lib/db/sql";
import {
  type CodeTemplate,
  type Locale,
  PLACES,
  type PurposeWords,
  SEGMENT,
  type Service,
  shippedBodies,
  smsText,
} from "#lib/delivery/wording/texts";
import { hasLink } from "#lib/env/fields";
import { fail, ok, type Result } from "#lib/result";

/** What an operator may change in a text, and its limits (SM-01). */

export type BodyProblem =
  | { problem: "place_missing" | "place_repeated" | "place_unknown"; place: string }
  | { problem: "link" | "reserved_line" | "control" }
  | { problem: "too_long"; units: number; of: number };

const control = (text: string) => [...text].some((char) => char !== "\n" && /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u.test(char));

/**
 * Returns why a body is invalid, or null. It needs every placeholder once and one segment (70 UTF-16 units) with this service's name, and must have
 * no link (carriers filter them, SM-01), no line that a browser could read as the origin-bound one, and no control or direction characters.
 */
export function bodyProblem(body: string, purpose: PurposeWords, locale: Locale, service: Service): BodyProblem | null {
  const found = [...body.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1] ?? "");
  const unknown = found.find((place) => !(PLACES as readonly string[]).includes(place));
  if (unknown !== undefined || /[{}]/.test(body.replace(/\{\w+\}/g, ""))) return { problem: "place_unknown", place: unknown ?? "{" };
  for (const place of PLACES) {
    const times = found.filter((one) => one === place).length;
    if (times !== 1) return { problem: times === 0 ? "place_missing" : "place_repeated", place };
  }
  if (hasLink(body)) return { problem: "link" };
  if (/^@|#/m.test(body)) return { problem: "reserved_line" };
  if (control(body) || /^\s|\s$|\n\n/.test(body)) return { problem: "control" };
  const units = smsText(purpose, locale, "000000", service, body).length;
  return units > SEGMENT ? { problem: "too_long", units, of: SEGMENT } : null;
}

/** Returns the rendered text of a body, its UTF-16 units, and whether the origin-bound line fits. */
export function preview(body: string, purpose: PurposeWords, locale: Locale, service: Service) {
  const text = smsText(purpose, locale, "012345", service, body);
  return { text, units: text.length, of: SEGMENT, originBound: /\n@\S+ #012345$/.test(text) };
}

/** Returns the operator's own bodies; the product's bodies apply to all others. */
export const ownBodies = () => prisma().textTemplate.findMany({ orderBy: [{ template: "asc" }, { locale: "asc" }] });

/** One text in one language, and who words it. */
export type Wording = { template: CodeTemplate; locale: Locale; by: string };

/** Stores an operator's body for one purpose and language; it applies from the next text on. False where that is its body already. */
export async function setBody(
  tx: Sql,
  { template, locale, by }: Wording,
  { body, purpose, service }: { body: string; purpose: PurposeWords; service: Service },
): Promise<Result<boolean, BodyProblem>> {
  const problem = bodyProblem(body, purpose, locale, service);
  if (problem) return fail(problem);
  const changed = await tx`
    INSERT INTO text_templates AS t (template, locale, body) VALUES (${template}, ${locale}, ${body})
    ON CONFLICT (template, locale) DO UPDATE SET body = EXCLUDED.body, updated_at = app_now() WHERE t.body <> EXCLUDED.body RETURNING template`;
  if (changed.length > 0) await keepVersion(tx, { template, locale, by }, body);
  return ok(changed.length > 0);
}

/** Goes back to the product's body; returns true if there was another. */
export async function resetBody(tx: Sql, { template, locale, by }: Wording): Promise<boolean> {
  const removed = await tx`DELETE FROM text_templates WHERE template = ${template} AND locale = ${locale} RETURNING template`;
  if (removed.length > 0) await keepVersion(tx, { template, locale, by }, null);
  return removed.length > 0;
}

/** Keeps what was chosen by whom, in the history and in the audit log. */
async function keepVersion(tx: Sql, { template, locale, by }: Wording, body: string | null): Promise<void> {
  await tx`INSERT INTO text_versions (template, locale, body, by) VALUES (${template}, ${locale}, ${body}, ${by})`;
  await record(tx, {
    event: "text.changed",
    method: `${template.slice("code.".length).toLowerCase()} ${locale} ${by}`,
    ip: "",
    userAgent: "",
  });
}

/** A wording of a text as it was chosen; a body of null is the product's. The time is ISO 8601. */
export type TextVersion = { id: string; body: string | null; by: string; at: string };

/** The latest wordings of one text in one language, the latest first. */
export async function textVersions(template: CodeTemplate, locale: Locale, most = 50): Promise<TextVersion[]> {
  const rows = await sql<{ id: string; body: string | null; by: string; createdAt: Date }>`
    SELECT id::text AS id, body, by, created_at FROM text_versions WHERE template = ${template} AND locale = ${locale} ORDER BY id DESC LIMIT ${most}::int`;
  return rows.map(({ createdAt, ...version }) => ({ ...version, at: createdAt.toISOString() }));
}

/** Returns the product's body for a language. */
export const shippedBody = (locale: Locale): string => shippedBodies[locale];
