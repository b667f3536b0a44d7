import type { Locale, Service } from "#lib/delivery/texts";

/** The mails of security notices (NT-01): what happened, and how to say that it was not you. No code, number, link with a token or word of a person. */

type Mail = { subject: string; text: string };
type Notice = Record<Locale, (service: Service) => Mail>;

/** What to do about a stranger who is, or was nearly, in. */
const stranger: Record<Locale, (service: Service) => string> = {
  ja: ({ origin }) =>
    `お心当たりがない場合は、だれかがあなたのアカウントを使おうとしています。すぐにログインし、ログイン中の端末を確かめて「ほかの端末をすべてログアウトさせる」を押し、サービスの運営者にお知らせください:\n${origin}/account/sessions\n\n確認コードは、だれにも教えないでください。`,
  en: ({ origin }) =>
    `If this was not you, somebody is trying to use your account. Sign in now, look at the devices that are signed in, choose “sign out everywhere else”, and tell whoever runs this service:\n${origin}/account/sessions\n\nNever tell anybody a code.`,
};

/** A notice whose last paragraph is the same for all. */
const notice = (ja: [subject: string, text: string], en: [subject: string, text: string]): Notice => ({
  ja: (service) => ({ subject: `【${service.name}】${ja[0]}`, text: `${ja[1]}\n\n${stranger.ja(service)}` }),
  en: (service) => ({ subject: `${service.name}: ${en[0]}`, text: `${en[1]}\n\n${stranger.en(service)}` }),
});

/** A notice of what the operator did: no stranger is the reason, and no link leads anywhere. */
const plain = (ja: [subject: string, text: string], en: [subject: string, text: string]): Notice => ({
  ja: ({ name }) => ({ subject: `【${name}】${ja[0]}`, text: ja[1] }),
  en: ({ name }) => ({ subject: `${name}: ${en[0]}`, text: en[1] }),
});

const all = {
  "notice.account_exists": {
    ja: (service) => ({
      subject: `【${service.name}】すでにアカウントがあります`,
      text: `このメールアドレスで新規登録の操作がありましたが、すでにアカウントがあります。\n\nログインはこちらから:\n${service.origin}/sign-in\n\nお心当たりがない場合は、何もする必要はありません。アカウントには何も起きていません。`,
    }),
    en: (service) => ({
      subject: `${service.name}: you already have an account`,
      text: `Somebody tried to sign up with this address, but it already has an account.\n\nSign in here:\n${service.origin}/sign-in\n\nIf this was not you, there is nothing to do. Nothing happened to your account.`,
    }),
  },
  "notice.new_device": notice(
    [
      "新しいブラウザからログインがありました",
      "これまでに使われたことのないブラウザから、あなたのアカウントにログインがありました。ご本人の場合は、何もする必要はありません。ブラウザの Cookie を消したあとや、プライベートウィンドウを使ったときにも、このお知らせが届きます。",
    ],
    [
      "a sign-in from a new browser",
      "Your account was signed in to from a browser that it had not been used with before. If this was you, there is nothing to do. You also get this after deleting cookies and from private windows.",
    ],
  ),
  "notice.second_factor_failed": notice(
    [
      "パスワードのあとの確認に失敗しました",
      "あなたのアカウントに正しいパスワードが入力されましたが、そのあとの確認コードが合わず、ログインは完了しませんでした。ご本人の打ち間違いの場合は、何もする必要はありません。",
    ],
    [
      "the right password, but not the code",
      "Somebody entered the right password of your account, but not the code that is asked for after it, and was not signed in. If you mistyped it yourself, there is nothing to do.",
    ],
  ),
  "notice.locked": notice(
    [
      "確認コードの受け付けを一時的に止めました",
      "確認コードの間違いが続いたため、あなたのアカウントでの確認コードの受け付けを15分間止めました。すでにログインしている端末は、そのまま使えます。時間がたつと自動で元に戻ります。",
    ],
    [
      "codes are not accepted for a while",
      "Too many wrong codes were entered for your account, so none is accepted for 15 minutes. Devices that are signed in stay so. It opens again by itself.",
    ],
  ),
  "notice.phone_disabled": notice(
    [
      "電話番号での確認を止めました",
      "確認コードの間違いが100回続いたため、登録された電話番号では確認ができなくなりました。次のログインにはリカバリーコードをお使いください。",
    ],
    [
      "your phone is no longer accepted",
      "A hundred wrong codes in a row were entered, so your phone is no longer accepted for signing in. Use a recovery code for your next sign-in.",
    ],
  ),
  "notice.phone_bound": notice(
    [
      "電話番号が登録されました",
      "あなたのアカウントに電話番号が登録されました。これからのログインでは、パスワードのあとに、この番号に届く確認コードを入力します。",
    ],
    [
      "a phone was added",
      "A phone was added to your account. From now on, signing in asks for a code that is sent to it, after your password.",
    ],
  ),
  "notice.recovery_codes_saved": notice(
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
    [
      "リカバリーコードでログインがありました",
      "リカバリーコードが1つ使われ、あなたのアカウントにログインがありました。そのコードはもう使えません。残りの数は、アカウントの画面で確認できます。",
    ],
    [
      "a recovery code was used to sign in",
      "One of your recovery codes was used to sign in. It cannot be used again. Your account page shows how many are left.",
    ],
  ),
  "notice.suspended": plain(
    [
      "アカウントの利用を止めました",
      "サービスの運営者が、あなたのアカウントの利用を止め、すべての端末をログアウトさせました。いまは、正しいパスワードを入力してもログインできません。\n\n登録されている内容は消えていません。理由と再開については、お問い合わせ窓口にお尋ねください。",
    ],
    [
      "your account was suspended",
      "The people who run this service suspended your account and signed it out on every device. For now you cannot sign in, even with the right password.\n\nNothing you registered was deleted. Contact the support of this service to ask why, and when it will be resumed.",
    ],
  ),
  "notice.resumed": plain(
    [
      "アカウントの利用を再開しました",
      "サービスの運営者が、あなたのアカウントの利用を再開しました。これまでどおり、パスワードと認証コードでログインできます。以前にログインしていた端末でも、もう一度ログインしてください。\n\nご不明な点は、お問い合わせ窓口にお尋ねください。",
    ],
    [
      "your account was resumed",
      "The people who run this service resumed your account. You can sign in with your password and a code as before. Please sign in again on every device you use.\n\nContact the support of this service if anything is unclear.",
    ],
  ),
  "notice.sessions_ended": plain(
    [
      "すべての端末をログアウトさせました",
      "サービスの運営者が、あなたのアカウントをすべての端末でログアウトさせました。パスワードは変わっていません。続けて使うには、いつもお使いのブックマークからサービスを開いて、ログインしてください。\n\n理由については、お問い合わせ窓口にお尋ねください。認証コードは、誰にも教えないでください。",
    ],
    [
      "you were signed out on every device",
      "The people who run this service signed your account out on every device. Your password has not changed. To go on, open the service from your own bookmark and sign in.\n\nContact the support of this service to ask why. Never tell anyone a code.",
    ],
  ),
} satisfies Record<string, Notice>;

/** The notices there are. */
export type NoticeTemplate = keyof typeof all;

/** Their names, for tests that look at each. */
export const noticeTemplates = Object.keys(all) as readonly NoticeTemplate[];

/** The mail of a security notice: what happened, and how to say that it was not you. */
export const noticeMail = (template: NoticeTemplate, locale: Locale, service: Service): Mail => all[template][locale](service);
