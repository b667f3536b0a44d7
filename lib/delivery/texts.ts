import type { Purpose } from "#lib/db/generated/enums";
import type { NoticeTemplate } from "#lib/delivery/notices";

/** Everything that is sent, in both languages: fixed templates in which only the code changes (SM-01, WB-10). */

export type Locale = "ja" | "en";
export type CodeTemplate = `code.${Extract<Purpose, "SIGN_UP" | "BIND_PHONE" | "SIGN_IN">}`;
export { type NoticeTemplate, noticeMail } from "#lib/delivery/notices";
export type Template = CodeTemplate | NoticeTemplate;

/** What an operator configures and a text may name. */
export type Service = { name: string; origin: string; minutes: number };

type Mail = { subject: string; text: string };

const host = (service: Service) => new URL(service.origin).hostname;

/** Purposes as a text names them, in at most eight full-width characters. */
const purposes: Record<Locale, Record<CodeTemplate, string>> = {
  ja: { "code.SIGN_UP": "新規登録", "code.BIND_PHONE": "電話番号の登録", "code.SIGN_IN": "ログイン" },
  en: { "code.SIGN_UP": "sign-up", "code.BIND_PHONE": "phone", "code.SIGN_IN": "sign-in" },
};

/** Our own name where the operator gave none, per language. */
export const brands: Record<Locale, string> = { ja: "関所", en: "Sekisho" };

/** The operator's own name of the service, or ours as the language of the text or page writes it. */
export const serviceName = (configured: string, brand: string): string => (configured === brands.ja ? brand : configured);

/** What a text is made of: a body with each of these places once, and nothing a person typed (SM-01, WB-10). */
export const PLACES = ["service", "purpose", "code", "minutes", "warning"] as const;

/** The bodies the product ships; an operator may write others within `bodyProblem`. */
export const bodies: Record<Locale, string> = {
  ja: "【{service}】{purpose}コード {code}\n{minutes}分有効。{warning}",
  en: "{service} {purpose}: {code}\n{minutes} min. {warning}",
};

const warnings: Record<Locale, string> = { ja: "誰にも教えないでください", en: "Tell no one." };

/** One segment in every alphabet: 70 UTF-16 units (3GPP 23.038); a longer text costs twice. */
export const SEGMENT = 70;

/**
 * The text of a code: service, purpose, code, validity, a warning, and the origin-bound last line that lets a browser
 * fill it in (WICG origin-bound one-time codes). One segment for the names a service may have.
 */
export function smsText(template: CodeTemplate, locale: Locale, code: string, service: Service, body = bodies[locale]): string {
  const words: Record<string, string> = {
    service: service.name,
    purpose: purposes[locale][template],
    code,
    minutes: String(service.minutes),
    warning: warnings[locale],
  };
  const text = body.replace(/\{(\w+)\}/g, (_, place: string) => words[place] ?? "");
  const whole = `${text}\n@${host(service)} #${code}`;
  // A host too long for the segment loses the convenience of being filled in, not the one segment.
  return whole.length <= SEGMENT ? whole : text;
}

/** The text as it is sent: by the operator's own body, or the product's where that does not fit any more (the name of the service grew since). */
export function sentText(template: CodeTemplate, locale: Locale, code: string, service: Service, own: string | null): string {
  const text = smsText(template, locale, code, service, own ?? bodies[locale]);
  return text.length <= SEGMENT ? text : smsText(template, locale, code, service);
}

/** Spoken digits, apart from each other, in words a synthetic voice reads without ambiguity. */
const spokenDigits: Record<Locale, readonly string[]> = {
  ja: ["ゼロ", "いち", "に", "さん", "よん", "ご", "ろく", "なな", "はち", "きゅう"],
  en: ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
};

/** The digits of a code as words with pauses between them. */
export const spokenCode = (locale: Locale, code: string): string =>
  [...code].map((digit) => spokenDigits[locale][Number(digit)]).join(locale === "ja" ? "、" : ", ");

/** What a call says after the key press: the code slowly, three times (PSTN-09). */
export function voiceText(template: CodeTemplate, locale: Locale, code: string, service: Service): string {
  const spoken = spokenCode(locale, code);
  const times = Array.from({ length: 3 });
  return locale === "ja"
    ? [
        `${service.name}です。${purposes.ja[template]}のコードをお伝えします。`,
        ...times.map(() => `コードは、${spoken}、です。`),
        "誰にも教えないでください。",
      ].join("\n")
    : [
        `This is ${service.name} with your code for ${purposes.en[template]}.`,
        ...times.map(() => `The code is ${spoken}.`),
        "Tell it to no one.",
      ].join("\n");
}

/** What a trial says, to the operator's own telephone: one segment, no code. */
export const trialText = (locale: Locale, service: Service): string =>
  locale === "ja"
    ? `【${service.name}】送信テストです。この番号に届くことを確認できました。`
    : `${service.name}: a test message. Texts reach this number.`;

/** What a call says before the key press; it carries no code, so an answering machine records none. */
export const voiceGreeting = (locale: Locale, service: Service): string =>
  locale === "ja"
    ? `${service.name}です。コードをお聞きになる場合は、1 を押してください。`
    : `This is ${service.name}. Press 1 to hear your code.`;

/** The mail of a code. */
export function codeMail(template: CodeTemplate, locale: Locale, code: string, service: Service): Mail {
  return locale === "ja"
    ? {
        subject: `【${service.name}】${purposes.ja[template]}の確認コード`,
        text: `${service.name}をご利用いただきありがとうございます。\n\n確認コード: ${code}\n\n画面に戻って、このコードを入力してください。有効期限は${service.minutes}分です。\nコードは誰にも教えないでください。私たちからお尋ねすることはありません。\n\nお心当たりがない場合は、このメールを破棄してください。登録は完了しません。`,
      }
    : {
        subject: `${service.name}: your ${purposes.en[template]} code`,
        text: `Thank you for using ${service.name}.\n\nYour code: ${code}\n\nGo back to the page and enter it. It is valid for ${service.minutes} minutes.\nTell it to no one. We never ask for it.\n\nIf this was not you, delete this mail. Nothing is registered without the code.`,
      };
}

/** Whether a template carries a code. */
export const isCode = (template: Template): template is CodeTemplate => template.startsWith("code.");
