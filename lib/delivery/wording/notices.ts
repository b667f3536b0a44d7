import { type MailText, withFooter } from "#lib/delivery/wording/mails";
import type { CodeTemplate, Locale, Service } from "#lib/delivery/wording/texts";
import { account as en } from "#lib/words/en/site";
import { account as ja } from "#lib/words/ja/site";

/**
 * The mails of security notices (NT-01): what happened, when, and how to report that it was not you. They contain no code, number, link or user
 * input.
 */

type Notice = Record<Locale, (service: Service, at: Date) => MailText>;

/** Possible acts of a stranger: a sign-in, a right password, or a right password that the lock stopped. */
type Suspicion = "in" | "password" | "locked";

const fear: Record<Locale, Record<Suspicion, string>> = {
  ja: {
    in: "お心当たりがない場合は、ほかの人がログインしたおそれがあります。すぐに、",
    password: "お心当たりがない場合は、ほかの人があなたのパスワードを知っているおそれがあります。すぐに、",
    locked: "お心当たりがない場合は、ほかの人があなたのパスワードを知っているおそれがあります。15分たってから、",
  },
  en: {
    in: "If this was not you, someone may have signed in. Right away, ",
    password: "If this was not you, someone may know your password. Right away, ",
    locked: "If this was not you, someone may know your password. After 15 minutes, ",
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

/** Formats the time of an event in Japan's time zone. */
const when: Record<Locale, (at: Date) => string> = {
  ja: (at) => `日時: ${new Intl.DateTimeFormat("ja", MOMENT).format(at)}（日本時間）`,
  en: (at) => `Time: ${new Intl.DateTimeFormat("en-GB", MOMENT).format(at)} (Japan time)`,
};

type Said = [subject: string, text: string];

/** A notice about an account; `moment` if its message was queued together with the event. */
const notice = (suspicion: Suspicion, moment: "moment" | "later", japanese: Said, english: Said): Notice => {
  const text = (locale: Locale, said: Said, service: Service, at: Date) =>
    [said[1], ...(moment === "moment" ? [when[locale](at)] : []), stranger[locale](suspicion, service)].join("\n\n");
  return {
    ja: (service, at) => ({ subject: `【${service.name}】${japanese[0]}`, text: text("ja", japanese, service, at) }),
    en: (service, at) => ({ subject: `${service.name}: ${english[0]}`, text: text("en", english, service, at) }),
  };
};

/** A notice of an operator's act: it suspects no stranger and contains no link. */
const plain = (ja: [subject: string, text: string], en: [subject: string, text: string]): Notice => ({
  ja: ({ name }) => ({ subject: `【${name}】${ja[0]}`, text: ja[1] }),
  en: ({ name }) => ({ subject: `${name}: ${en[0]}`, text: en[1] }),
});

const all = {
  "notice.account_exists": {
    ja: ({ name }) => ({
      subject: `【${name}】すでにアカウントがあります`,
      text: `このメールアドレスで新規登録の操作がありましたが、すでにアカウントがあります。\n\nご本人の場合は、いつもお使いのブックマークから${name}を開き、ログインしてください。\n\nお心当たりがない場合は、何もする必要はありません。アカウントには何も起きていません。`,
    }),
    en: ({ name }) => ({
      subject: `${name}: you already have an account`,
      text: `Someone tried to create an account with this e-mail address, but it already has one.\n\nIf it was you, open ${name} from your usual bookmark and sign in.\n\nIf this was not you, there is nothing to do. Nothing happened to your account.`,
    }),
  },
  "notice.new_device": notice(
    "in",
    "moment",
    [
      "新しいブラウザーからログインがありました",
      "これまでに使われたことのないブラウザーから、あなたのアカウントにログインがありました。ご本人の場合は、何もする必要はありません。ブラウザーの Cookie を消したあとや、プライベートウィンドウを使ったときにも、このお知らせが届きます。",
    ],
    [
      "a sign-in from a new browser",
      "Your account was signed in to from a browser that it had not been used with before. If this was you, there is nothing to do. You also get this after deleting cookies and from private windows.",
    ],
  ),
  "notice.second_factor_failed": notice(
    "password",
    "later",
    [
      "正しいパスワードのあと、ログインが完了しませんでした",
      "あなたのアカウントに正しいパスワードが入力されましたが、そのあとの認証コードが合わず、ログインは完了しませんでした。ご本人の打ち間違いの場合は、何もする必要はありません。",
    ],
    [
      "the right password, but no sign-in",
      "The right password of your account was entered, but not the verification code that is asked for after it, and the sign-in was not completed. If you mistyped it yourself, there is nothing to do.",
    ],
  ),
  "notice.locked": notice(
    "locked",
    "moment",
    [
      "認証コードの受け付けを一時的に止めました",
      "認証コードの間違いが続いたため、あなたのアカウントでの認証コードの受け付けを15分間止めました。すでにログインしている端末は、そのまま使えます。時間がたつと自動で元に戻ります。",
    ],
    [
      "verification codes are not accepted for a while",
      "Too many wrong verification codes were entered for your account, so none is accepted for 15 minutes. Devices that are signed in stay so. It opens again by itself.",
    ],
  ),
  "notice.phone_disabled": notice(
    "password",
    "moment",
    [
      "電話番号での確認を止めました",
      "認証コードの間違いが100回続いたため、登録された電話番号では確認ができなくなりました。次のログインにはリカバリーコードをお使いください。",
    ],
    [
      "your phone number is no longer accepted",
      "A hundred wrong verification codes in a row were entered, so your phone number is no longer accepted for signing in. Use a recovery code for your next sign-in.",
    ],
  ),
  "notice.phone_bound": notice(
    "in",
    "moment",
    [
      "電話番号が登録されました",
      "あなたのアカウントに電話番号が登録されました。これからのログインでは、パスワードのあとに、この番号に届く認証コードを入力します。",
    ],
    [
      "a phone number was registered",
      "A phone number was registered on your account. From now on, signing in asks for a verification code that is sent to it, after your password.",
    ],
  ),
  "notice.recovery_codes_saved": notice(
    "in",
    "moment",
    [
      "リカバリーコードが有効になりました",
      "あなたのアカウントのリカバリーコード10個が有効になりました。電話が使えないときのログインに、1個を1回ずつ使えます。",
    ],
    [
      "your recovery codes are active",
      "The ten recovery codes of your account are active. Each of them signs you in once when your phone cannot be used.",
    ],
  ),
  "notice.recovery_code_used": notice(
    "in",
    "moment",
    [
      "リカバリーコードでログインがありました",
      "リカバリーコードが1つ使われ、あなたのアカウントにログインがありました。使われたものは、もう使えません。残りの数は、アカウントの画面で確認できます。",
    ],
    [
      "a recovery code was used to sign in",
      "One of your recovery codes was used to sign in. It cannot be used again. Your account page shows how many are left.",
    ],
  ),
  "notice.suspended": plain(
    [
      "アカウントの利用を止めました",
      "サービス側で、あなたのアカウントの利用を止め、すべての端末をログアウトさせました。いまは、正しいパスワードを入力してもログインできません。\n\n登録されている内容は消えていません。理由と再開については、お問い合わせ窓口にお尋ねください。",
    ],
    [
      "your account was suspended",
      "We suspended your account and signed it out on every device. For now you cannot sign in, even with the right password.\n\nNothing you registered was deleted. Contact us to ask why, and when it will be resumed.",
    ],
  ),
  "notice.resumed": plain(
    [
      "アカウントの利用を再開しました",
      "サービス側で、あなたのアカウントの利用を再開しました。これまでどおり、パスワードと認証コードでログインできます。以前にログインしていた端末でも、もう一度ログインしてください。\n\nご不明な点は、お問い合わせ窓口にお尋ねください。",
    ],
    [
      "your account was resumed",
      "We resumed your account. You can sign in with your password and a verification code as before. Please sign in again on every device you use.\n\nContact us if anything is unclear.",
    ],
  ),
  "notice.sessions_ended": plain(
    [
      "すべての端末をログアウトさせました",
      "サービス側で、あなたのアカウントをすべての端末でログアウトさせました。パスワードは変わっていません。続けて使うには、いつもお使いのブックマークからサービスを開いて、ログインしてください。\n\n理由については、お問い合わせ窓口にお尋ねください。認証コードは、誰にも教えないでください。",
    ],
    [
      "you were signed out on every device",
      "We signed your account out on every device. Your password has not changed. To go on, open the service from your own bookmark and sign in.\n\nContact us to ask why. Never tell anyone a verification code.",
    ],
  ),
} satisfies Record<string, Notice>;

export type NoticeTemplate = keyof typeof all;

/** The template of a message: a code, or a notice. */
export type Template = CodeTemplate | NoticeTemplate;

/** All names, for tests of each notice. */
export const noticeTemplates = Object.keys(all) as readonly NoticeTemplate[];

/** Builds the mail of a security notice with the event and how to report it; `at` is when its message was queued. */
export const noticeMail = (template: NoticeTemplate, locale: Locale, service: Service, at: Date): MailText =>
  withFooter((all[template] as Notice)[locale](service, at), locale, service);
