import type { MailText } from "#lib/delivery/wording/mails";
import type { NoticeCodeKind } from "#lib/delivery/wording/notice-codes";
import type { Locale, Service } from "#lib/delivery/wording/texts";
import { account as en } from "#lib/words/en/site";
import { account as ja } from "#lib/words/ja/site";

/** The sentences that notices share. */

/** One notice: its mail in both languages. */
export type Notice = Record<Locale, (service: Service, at: Date) => MailText> & {
  /** What a text says of a weighty event, at most 16 characters in Japanese; absent where a mail is enough. */
  text?: Record<Locale, string>;
  /** Whether it tells of something that a stranger may have done, so that it carries a stop code. */
  stops?: true;
  /** Codes that its mails carry besides. */
  carries?: NoticeCodeKind[];
};

/** Possible acts of a stranger: a sign-in, a right password, a right password that the lock stopped, or a sign-in at another provider. */
type Suspicion = "in" | "password" | "locked" | "provider";

const fear: Record<Locale, Record<Suspicion, string>> = {
  ja: {
    in: "お心当たりがない場合は、ほかの人がログインしたおそれがあります。すぐに、",
    password: "お心当たりがない場合は、ほかの人があなたのパスワードを知っているおそれがあります。すぐに、",
    locked: "お心当たりがない場合は、ほかの人があなたのパスワードを知っているおそれがあります。15分たってから、",
    provider:
      "お心当たりがない場合は、ほかの人があなたの LINE または Google にログインしているおそれがあります。そちらのパスワードを変え、すぐに、",
  },
  en: {
    in: "If this was not you, someone may have signed in. Right away, ",
    password: "If this was not you, someone may know your password. Right away, ",
    locked: "If this was not you, someone may know your password. After 15 minutes, ",
    provider: "If this was not you, someone may be signed in to your LINE or Google account. Change its password and, right away, ",
  },
};

/** The advice of a notice, in the words of the pages. */
const stranger: Record<Locale, (suspicion: Suspicion, service: Service) => string> = {
  ja: (suspicion, { name }) =>
    `${fear.ja[suspicion]}いつもお使いのブックマークから${name}を開いてログインし、「${ja.title}」→「${ja.sessions}」をご確認ください。知らない端末があれば「${ja.endOthers}」を押し、お問い合わせ窓口にお知らせください。\n\n認証コードは、誰にも教えないでください。`,
  en: (suspicion, { name }) =>
    `${fear.en[suspicion]}open ${name} from your usual bookmark, sign in, and look at “${en.title}” → “${en.sessions}”. If there is a device you do not know, press “${en.endOthers}” and contact us.\n\nTell no one your verification code.`,
};

const MOMENT = { month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Tokyo" } as const;

/** A time in Japan's time zone. */
export const moment: Record<Locale, (at: Date) => string> = {
  ja: (at) => new Intl.DateTimeFormat("ja", MOMENT).format(at),
  en: (at) => new Intl.DateTimeFormat("en-GB", MOMENT).format(at),
};

/** The line of a mail that states the time of its event. */
const when: Record<Locale, (at: Date) => string> = {
  ja: (at) => `日時: ${moment.ja(at)}（日本時間）`,
  en: (at) => `Time: ${moment.en(at)} (Japan time)`,
};

type Said = [subject: string, text: string];

/** A notice about an account; `moment` if its message was queued together with the event. */
export const notice = (
  suspicion: Suspicion,
  moment: "moment" | "later",
  japanese: Said,
  english: Said,
  text?: Record<Locale, string>,
): Notice => {
  const whole = (locale: Locale, said: Said, service: Service, at: Date) =>
    [said[1], ...(moment === "moment" ? [when[locale](at)] : []), stranger[locale](suspicion, service)].join("\n\n");
  return {
    ja: (service, at) => ({ subject: `【${service.name}】${japanese[0]}`, text: whole("ja", japanese, service, at) }),
    en: (service, at) => ({ subject: `${service.name}: ${english[0]}`, text: whole("en", english, service, at) }),
    stops: true,
    ...(text ? { text } : {}),
  };
};

/** A notice of an operator's act: it suspects no stranger and contains no link. */
export const plain = (ja: [subject: string, text: string], en: [subject: string, text: string]): Notice => ({
  ja: ({ name }) => ({ subject: `【${name}】${ja[0]}`, text: ja[1] }),
  en: ({ name }) => ({ subject: `${name}: ${en[0]}`, text: en[1] }),
});

/** A notice of a lost-phone case: its reader may be unable to sign in, so that it says what the stop code does instead. */
export const aboutCase = (
  carries: NoticeCodeKind[],
  japanese: Said,
  english: Said,
  { text, stops = true }: { text?: Record<Locale, string>; stops?: boolean } = {},
): Notice => ({
  ja: ({ name }, at) => ({
    subject: `【${name}】${japanese[0]}`,
    text: [
      japanese[1],
      when.ja(at),
      ...(stops
        ? [
            `お心当たりがない場合は、ほかの人があなたになりすましているおそれがあります。いつもお使いのブックマークから${name}を開き、下の停止コードで、すぐに止めてください。`,
          ]
        : ["ご不明な点は、お問い合わせ窓口にお尋ねください。"]),
      "この件で、私たちから認証コードやパスワードをお尋ねすることはありません。",
    ].join("\n\n"),
  }),
  en: ({ name }, at) => ({
    subject: `${name}: ${english[0]}`,
    text: [
      english[1],
      when.en(at),
      ...(stops
        ? [
            `If this was not you, someone may be pretending to be you. Open ${name} from your usual bookmark and stop it right away with the stop code below.`,
          ]
        : ["Contact us if anything is unclear."]),
      "We never ask you for a verification code or a password about this.",
    ].join("\n\n"),
  }),
  carries,
  ...(stops ? { stops: true as const } : {}),
  ...(text ? { text } : {}),
});
