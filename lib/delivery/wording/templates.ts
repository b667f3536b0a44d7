import { prisma } from "#lib/db/prisma";
import { sql } from "#lib/db/sql";
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
import { LINK } from "#lib/env/fields";
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
  if (LINK.test(body)) return { problem: "link" };
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

/** Stores an operator's body for one purpose and language; it applies from the next text on. */
export async function setBody(
  template: CodeTemplate,
  purpose: PurposeWords,
  locale: Locale,
  body: string,
  service: Service,
): Promise<Result<null, BodyProblem>> {
  const problem = bodyProblem(body, purpose, locale, service);
  if (problem) return fail(problem);
  await sql`
    INSERT INTO text_templates (template, locale, body) VALUES (${template}, ${locale}, ${body})
    ON CONFLICT (template, locale) DO UPDATE SET body = EXCLUDED.body, updated_at = app_now()`;
  return ok(null);
}

/** Restores the product's body; returns true if there was another. */
export async function resetBody(template: CodeTemplate, locale: Locale): Promise<boolean> {
  return (await prisma().textTemplate.deleteMany({ where: { template, locale } })).count === 1;
}

/** Returns the product's body for a language. */
export const shippedBody = (locale: Locale): string => shippedBodies[locale];
