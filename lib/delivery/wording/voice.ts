import { actWords, type ConfirmedAct, type Locale, type PurposeWords, type Service } from "#lib/delivery/wording/texts";

/** The words of a call in both languages, before and after its key press. */

/** Spoken digits as separate words that a synthetic voice reads unambiguously; short Japanese digits are lengthened. */
const spokenDigits: Record<Locale, readonly string[]> = {
  ja: ["ゼロ", "いち", "にー", "さん", "よん", "ごー", "ろく", "なな", "はち", "きゅう"],
  en: ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
};

const PAUSES: Record<Locale, { short: string; long: string }> = { ja: { short: "、", long: "。" }, en: { short: ", ", long: "; " } };

/** Formats the digits of a code as words with pauses, a longer one after each three digits. */
export function spokenCode(locale: Locale, code: string): string {
  const { short, long } = PAUSES[locale];
  const groups = code.match(/\d{1,3}/g) ?? [];
  return groups.map((digits) => [...digits].map((digit) => spokenDigits[locale][Number(digit)]).join(short)).join(long);
}

/**
 * Returns the words of a call after the key press: what is confirmed, if anything, and the code slowly, three times (PSTN-09). "Once more" prevents it
 * from sounding like three codes.
 */
export function voiceText(purpose: PurposeWords, locale: Locale, code: string, service: Service, act: ConfirmedAct | null = null): string {
  const spoken = spokenCode(locale, code);
  return locale === "ja"
    ? [
        act
          ? `${service.name}です。${actWords.ja(act)}、の確認です。お心当たりがなければ、電話をお切りください。`
          : `${service.name}です。${purpose.ja}の認証コードをお伝えします。`,
        `認証コードは、${spoken}、です。`,
        `もう一度お伝えします。${spoken}、です。`,
        `もう一度お伝えします。${spoken}、です。`,
        "誰にも教えないでください。",
      ].join("\n")
    : [
        act
          ? `This is ${service.name}. You are confirming ${actWords.en(act)}. If that was not you, please hang up.`
          : `This is ${service.name} with your verification code for ${purpose.en}.`,
        `The verification code is ${spoken}.`,
        `Once more: ${spoken}.`,
        `Once more: ${spoken}.`,
        "Tell it to no one.",
      ].join("\n");
}

/**
 * The words of a call before the key press; they contain no code, so that an answering machine records none. Because fraudsters also ask for a key
 * press, the call says why it calls and what to do if it was not requested.
 */
export const voiceGreeting = (locale: Locale, service: Service): string =>
  locale === "ja"
    ? `${service.name}です。いま画面で手続きをされた方に、認証コードをお伝えします。数字の「1」を押してください。お心当たりがなければ、電話をお切りください。`
    : `This is ${service.name}, with the verification code that was asked for on our page just now. Press 1 to hear it. If that was not you, please hang up.`;

/** Returns the words of a trial's call before the key press. */
export const trialGreeting = (locale: Locale, service: Service): string =>
  locale === "ja"
    ? `${service.name}です。自動音声の電話のテストです。数字の「1」を押してください。`
    : `This is ${service.name}, trying out its automated calls. Press 1.`;
