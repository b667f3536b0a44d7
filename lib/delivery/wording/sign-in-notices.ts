import { type Notice, notice, plain } from "#lib/delivery/wording/notice-parts";

/** The notices of sign-ins, and of what stops or reopens an account. */

export const signInNotices = {
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
  "notice.trusted_device_copied": notice(
    "password",
    "moment",
    [
      "確認を省く端末の登録を消しました",
      "あなたのアカウントで、確認を省くようにした端末の古い控えが、正しいパスワードとともに使われました。端末のデータが写し取られたおそれがあるため、その端末の登録を消しました。次のログインから、認証コードの入力が必要になります。",
    ],
    [
      "a device is no longer trusted",
      "An old copy of a device on which you skip the second step was used together with your right password. What that device keeps may have been copied, so it is no longer trusted: the next sign-in asks for a verification code.",
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
  "notice.second_factor_failed_federated": notice(
    "provider",
    "later",
    [
      "ほかのサービスでのログインが完了しませんでした",
      "あなたのアカウントに連携された LINE または Google でログインが始まりましたが、そのあとの認証コードが合わず、ログインは完了しませんでした。ご本人の打ち間違いの場合は、何もする必要はありません。",
    ],
    [
      "a sign-in with LINE or Google was not completed",
      "A sign-in with the LINE or Google account that is linked to your account was begun, but the verification code that is asked for after it was not entered, and the sign-in was not completed. If you mistyped it yourself, there is nothing to do.",
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
  "notice.stopped": plain(
    [
      "停止コードが使われました",
      "お知らせの停止コードが入力されたため、あなたのアカウントのすべての端末をログアウトさせ、進行中の手続きを止めました。\n\nいつもお使いのブックマークからサービスを開いてログインし、パスワードと電話番号をご確認ください。ご不明な点は、お問い合わせ窓口にお尋ねください。",
    ],
    [
      "a stop code was used",
      "The stop code of a notice was entered, so your account was signed out on every device and what was pending was stopped.\n\nOpen the service from your own bookmark, sign in, and check your password and phone numbers. Contact us if anything is unclear.",
    ],
  ),
  "notice.blocked": plain(
    [
      "停止コードが使われました",
      "SMS でお知らせした停止コードが入力されたため、あなたのアカウントのすべての端末をログアウトさせ、大切な操作を3日間止めました。進行中の手続きは、取り消していません。取り消すときは、メールのお知らせの停止コードをお使いください。\n\nいつもお使いのブックマークからサービスを開いてログインし、パスワードと電話番号をご確認ください。ご不明な点は、お問い合わせ窓口にお尋ねください。",
    ],
    [
      "a stop code was used",
      "The stop code of a text was entered, so your account was signed out on every device and important changes are blocked for 3 days. What is pending was not cancelled; the stop code of an e-mail does that.\n\nOpen the service from your own bookmark, sign in, and check your password and phone numbers. Contact us if anything is unclear.",
    ],
  ),
  "notice.undone": plain(
    [
      "変更を元に戻しました",
      "お知らせの取消コードとパスワードで、あなたのアカウントの変更を元に戻し、すべての端末をログアウトさせました。\n\nもう一度ログインし、パスワードを変えることをおすすめします。この操作に心当たりがないときは、お問い合わせ窓口にお知らせください。",
    ],
    [
      "a change was undone",
      "A change of your account was undone with the undo code of a notice and your password, and every device was signed out.\n\nSign in again; we recommend that you change your password. Contact us if you did not do this.",
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
