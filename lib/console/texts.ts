import { reasonOf } from "#lib/console/reason";
import { segmentsOf } from "#lib/delivery/wording/segments";
import { serviceOf } from "#lib/delivery/wording/service";
import { type BodyProblem, bodyProblem, ownBodies, preview, resetBody, setBody, shippedBody } from "#lib/delivery/wording/templates";
import type { CodeTemplate, Locale } from "#lib/delivery/wording/texts";
import type { Refused } from "#lib/errors";
import { codeTemplates, codeWords } from "#lib/purposes/messages";
import { fail, ok, type Result } from "#lib/result";
import type { Acting } from "#lib/sessions/step-up";
import { actAsStaff } from "#lib/staff/act";

/** The wording of the texts of codes, as staff read and change it; a change applies from the next text on. */

export const textLocales = ["ja", "en"] as const satisfies readonly Locale[];

/** The name of a text in an address and a form: its purpose in lower case. */
export const purposeOf = (template: CodeTemplate): string => template.slice("code.".length).toLowerCase();

/** One text in one language as it is sent now. `units` are UTF-16 units, of which one segment has `of`; `own` tells whose body it is. */
export type TextLine = {
  template: CodeTemplate;
  locale: Locale;
  body: string;
  own: boolean;
  text: string;
  units: number;
  of: number;
  segments: number;
  originBound: boolean;
};

/** Which text an address or a form means. */
export function textNamed(purpose: string, locale: string): { template: CodeTemplate; locale: Locale } | null {
  const template = codeTemplates.find((one) => purposeOf(one) === purpose);
  const language = textLocales.find((one) => one === locale);
  return template && language ? { template, locale: language } : null;
}

/** How a body would be sent. */
export function lineOf(template: CodeTemplate, locale: Locale, body: string, own: boolean): TextLine {
  const seen = preview(body, codeWords[template], locale, serviceOf(locale));
  return { template, locale, body, own, ...seen, segments: segmentsOf(seen.text) };
}

/** Why a body may not be used for a text, or null. */
export const problemOf = (template: CodeTemplate, locale: Locale, body: string): BodyProblem | null =>
  bodyProblem(body, codeWords[template], locale, serviceOf(locale));

/** Every text in every language as it is sent now. */
export async function readTexts(): Promise<TextLine[]> {
  const own = await ownBodies();
  return textLocales.flatMap((locale) =>
    codeTemplates.map((template) => {
      const mine = own.find((row) => row.template === template && row.locale === locale);
      return lineOf(template, locale, mine?.body ?? shippedBody(locale), mine !== undefined);
    }),
  );
}

/** The body as it was typed: lines of a browser end with CR and LF, those of a text with LF. */
export const typedBody = (typed: string): string => typed.replaceAll("\r\n", "\n");

/** What a form says of a text. */
type Typed = { purpose: string; locale: string; body: string; reason: string };

/**
 * Words a text anew as a member of staff; the product's own body takes the operator's away. Refusals: a reason that is none, those of `requireStaff`,
 * `not_found`, `invalid_input` for a body that breaks a rule of texts, and `not_allowed` with `no_change`.
 */
export async function changeText(acting: Acting, typed: Typed): Promise<Result<null, Refused>> {
  const reason = reasonOf(typed.reason);
  if (!reason.ok) return reason;
  return actAsStaff(acting, { act: "texts.change", reason: reason.value }, async (tx, { by }) => {
    const named = textNamed(typed.purpose, typed.locale);
    if (!named) return fail({ code: "not_found" });
    const [body, wording] = [typedBody(typed.body), { ...named, by }];
    const change = { body, purpose: codeWords[named.template], service: serviceOf(named.locale) };
    const set = body === shippedBody(named.locale) ? ok(await resetBody(tx, wording)) : await setBody(tx, wording, change);
    if (!set.ok) return fail({ code: "invalid_input", fields: { body: "invalid_input" } });
    return set.value ? ok(null) : fail({ code: "not_allowed", reason: "no_change" });
  });
}
