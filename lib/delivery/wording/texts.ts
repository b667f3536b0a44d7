import type { Purpose } from "#lib/db/generated/enums";
import type { Contact } from "#lib/env/contact";

/** The texts and calls in both languages: fixed templates in which only the code changes (SM-01, WB-10). */

export type Locale = "ja" | "en";
export type CodeTemplate = `code.${Purpose}`;

/** The operator's configuration that a text may name. */
export type Service = { name: string; publicOrigin: string; minutes: number; contact?: Contact | null; links?: boolean };

const host = (service: Service) => new URL(service.publicOrigin).hostname;

/** The words of a code's mail in place of those of a sign-up; `minutes` is how long its code is valid. */
export type MailWords = Readonly<Record<Locale, { subject: string; before: string; after: string; minutes?: number }>>;

/**
 * The purpose of a code in a text, at most five full-width characters, and the words of its mail. With `elsewhere` the code is typed at a page of another
 * host, so that the text names none.
 */
export type PurposeWords = Readonly<Record<Locale, string>> & { readonly mail?: MailWords; readonly elsewhere?: true };

/** The words of each code's purpose. */
export type CodeWords = Readonly<Record<CodeTemplate, PurposeWords>>;

/** The product's name per language, used if the operator configured none. */
export const brands: Record<Locale, string> = { ja: "関所", en: "Sekisho" };

/** Returns the operator's service name, or the product's in the language of the text or page. */
export const serviceNameIn = (configured: string, brand: string): string => (configured === brands.ja ? brand : configured);

/** The placeholders of a body, each used once; no user input enters a text (SM-01, WB-10). */
export const PLACES = ["service", "purpose", "code", "minutes", "warning"] as const;

/** The product's bodies; an operator may write others within `bodyProblem`. */
export const shippedBodies: Record<Locale, string> = {
  ja: "【{service}】認証コード {code}（{purpose}）\n{minutes}分有効。{warning}",
  en: "{service} {purpose}: {code}\n{minutes} min. {warning}",
};

const warnings: Record<Locale, string> = { ja: "誰にも教えないでください", en: "Tell no one." };

/** One segment in any alphabet: 70 UTF-16 units (3GPP 23.038); a longer text costs twice. */
export const SEGMENT = 70;

/**
 * Renders the text of a code: service, purpose, code, validity, a warning, and the origin-bound last line for autofill (WICG origin-bound one-time
 * codes). It fits one segment for every valid service name.
 */
export function smsText(purpose: PurposeWords, locale: Locale, code: string, service: Service, body = shippedBodies[locale]): string {
  const words: Record<string, string> = {
    service: service.name,
    purpose: purpose[locale],
    code,
    minutes: String(service.minutes),
    warning: warnings[locale],
  };
  const text = body.replace(/\{(\w+)\}/g, (_, place: string) => words[place] ?? "");
  const whole = `${text}\n@${host(service)} #${code}`;
  // If the host is too long, the text omits the autofill line and stays within one segment.
  return whole.length <= SEGMENT && !purpose.elsewhere ? whole : text;
}

/** The amount and the payee of an act that a code confirms, from its row. */
export type ConfirmedAct = { amount: string; unit: string; payee: string };

/** "5000pt" where the unit is letters of another alphabet than the sentence's; a space in English alone. */
const quantity = ({ amount, unit }: ConfirmedAct, locale: Locale): string => (locale === "en" ? `${amount} ${unit}` : `${amount}${unit}`);

/** Returns the act that a code confirms, in the words of texts and calls. */
export const actWords: Record<Locale, (act: ConfirmedAct) => string> = {
  ja: (act) => `${act.payee}へ${quantity(act, "ja")}`,
  en: (act) => `${quantity(act, "en")} to ${act.payee}`,
};

/** The bodies of a confirmation's text, the fullest first; the last one fits one segment with the longest value of every field. */
const confirmingBodies: Record<Locale, readonly ((act: ConfirmedAct, code: string, service: Service) => string)[]> = {
  ja: [
    (act, code, { name, minutes }) => `【${name}】${actWords.ja(act)}の確認\n認証コード ${code}（${minutes}分有効）\n${warnings.ja}`,
    (act, code, { name, minutes }) => `【${name}】${actWords.ja(act)}\n認証コード${code}\n${minutes}分有効。教えないで`,
  ],
  en: [
    (act, code, { name, minutes }) => `${name}: ${actWords.en(act)}\n${code}, ${minutes} min. ${warnings.en}`,
    (act, code, { name, minutes }) => `${name}\n${act.amount}${act.unit} to ${act.payee}\n${code} ${minutes} min, secret`,
  ],
};

/**
 * Renders the text of a code that confirms one act: amount and payee first (PSD2 RTS Art. 5), then the code. An operator's own body does not apply.
 * Each body is tried with the origin-bound line and without it; the first that fits one segment is sent.
 */
export function confirmationText(purpose: PurposeWords, act: ConfirmedAct, locale: Locale, code: string, service: Service): string {
  const rendered = confirmingBodies[locale].map((body) => body(act, code, service));
  const bound = rendered.slice(0, purpose.elsewhere ? 0 : 1).map((text) => `${text}\n@${host(service)} #${code}`);
  return [...bound, ...rendered].find((text) => text.length <= SEGMENT) ?? rendered.at(-1) ?? "";
}

/** Renders the text to send with the operator's body, or with the product's if that no longer fits (a longer service name). */
export function sentText(purpose: PurposeWords, locale: Locale, code: string, service: Service, own: string | null): string {
  const text = smsText(purpose, locale, code, service, own ?? shippedBodies[locale]);
  return text.length <= SEGMENT ? text : smsText(purpose, locale, code, service);
}

/** Returns the text of a trial: one segment, without a code. */
export const trialText = (locale: Locale, service: Service): string =>
  locale === "ja"
    ? `【${service.name}】送信テストです。この番号に届くことを確認できました。`
    : `${service.name}: a test message. Texts reach this number.`;

/** The purpose of a code that the set-up guide sends; it opens nothing. */
export const rehearsed: PurposeWords = { ja: "送信テスト", en: "test" };

/** Returns true if a template contains a code. */
export const isCode = (template: string): template is CodeTemplate => template.startsWith("code.");
