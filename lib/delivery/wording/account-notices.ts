import { type Notice, notice, plain } from "#lib/delivery/wording/notice-parts";

/** The notices of an account's sign-ins, factors, address and data. */

export const accountNotices = {
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
  "notice.login_linked": notice(
    "in",
    "moment",
    [
      "ほかのサービスでのログインが連携されました",
      "あなたのアカウントに、LINE または Google のアカウントが連携されました。これからは、そのアカウントでも、パスワードの代わりにログインを始められます。認証コードなどの2つ目の確認は、これまでどおり必要です。",
    ],
    [
      "a LINE or Google account was linked",
      "A LINE or Google account was linked to your account. From now on it can begin a sign-in in place of your password. The second step, such as a verification code, is still asked for.",
    ],
    { ja: "ログインを連携しました", en: "sign-in linked" },
  ),
  "notice.login_unlinked": notice(
    "in",
    "moment",
    [
      "ほかのサービスでのログインの連携を外しました",
      "あなたのアカウントから、LINE または Google のアカウントの連携が外されました。次のログインからは、パスワードかパスキーをお使いください。",
    ],
    [
      "a LINE or Google account was unlinked",
      "A LINE or Google account was unlinked from your account. Use your password or a passkey for your next sign-in.",
    ],
    { ja: "ログインの連携を外しました", en: "sign-in unlinked" },
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
  "notice.totp_disabled": notice(
    "password",
    "moment",
    [
      "認証アプリでの確認を止めました",
      "認証コードの間違いが100回続いたため、認証アプリでは確認ができなくなりました。次のログインには、電話番号やパスキーなどほかの方法か、リカバリーコードをお使いください。",
    ],
    [
      "your authenticator app is no longer accepted",
      "A hundred wrong verification codes in a row were entered, so your authenticator app is no longer accepted for signing in. Use another way, such as your phone number or a passkey, or a recovery code for your next sign-in.",
    ],
  ),
  "notice.totp_added": notice(
    "in",
    "moment",
    [
      "認証アプリが登録されました",
      "あなたのアカウントに認証アプリが登録されました。これからのログインでは、パスワードのあとに、アプリに表示される認証コードを入力します。",
    ],
    [
      "an authenticator app was added",
      "An authenticator app was added to your account. From now on, signing in asks for the verification code that it shows, after your password.",
    ],
    { ja: "認証アプリを登録しました", en: "authenticator added" },
  ),
  "notice.totp_removed": notice(
    "in",
    "moment",
    [
      "認証アプリの登録を削除しました",
      "あなたのアカウントから認証アプリの登録が削除されました。このアプリで確認してログインしていた端末は、ログアウトしました。",
    ],
    [
      "your authenticator app was removed",
      "The authenticator app was removed from your account. Devices that had signed in with it were signed out.",
    ],
    { ja: "認証アプリを削除しました", en: "authenticator removed" },
  ),
  "notice.passkey_added": notice(
    "in",
    "moment",
    [
      "パスキーが登録されました",
      "あなたのアカウントにパスキーが登録されました。パスキーがあると、画面ロックの解除だけでログインできます。",
    ],
    ["a passkey was added", "A passkey was added to your account. With a passkey, unlocking the device is enough to sign in."],
    { ja: "パスキーを登録しました", en: "passkey added" },
  ),
  "notice.passkey_removed": notice(
    "in",
    "moment",
    [
      "パスキーの登録を削除しました",
      "あなたのアカウントからパスキーが1つ削除されました。このパスキーでログインしていた端末は、ログアウトしました。",
    ],
    ["a passkey was removed", "A passkey was removed from your account. Devices that had signed in with it were signed out."],
    { ja: "パスキーを削除しました", en: "passkey removed" },
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
  "notice.password_changed": notice(
    "in",
    "moment",
    ["パスワードが変更されました", "あなたのアカウントのパスワードが変更され、ほかの端末はすべてログアウトしました。"],
    ["your password was changed", "The password of your account was changed, and every other device was signed out."],
    { ja: "パスワードが変わりました", en: "password changed" },
  ),
  "notice.password_reset": notice(
    "in",
    "moment",
    [
      "パスワードが再設定されました",
      "あなたのアカウントのパスワードが、メールの認証コードと本人確認で再設定され、すべての端末をログアウトしました。電話番号などの登録は変わっていません。新しいパスワードでログインしてください。",
    ],
    [
      "your password was reset",
      "The password of your account was reset with a verification code by e-mail and a second factor, and every device was signed out. Your phone numbers and other factors have not changed. Sign in with the new password.",
    ],
    { ja: "パスワードが再設定されました", en: "password reset" },
  ),
  "notice.password_forced": plain(
    [
      "パスワードの再設定をお願いします",
      "安全のため、サービス側で、あなたのアカウントのこれまでのパスワードを使えなくし、すべての端末をログアウトさせました。\n\nいつもお使いのブックマークからサービスを開き、ログイン画面の「パスワードをお忘れの方」から、新しいパスワードを設定してください。電話番号などの登録は変わっていません。\n\n理由については、お問い合わせ窓口にお尋ねください。",
    ],
    [
      "please set a new password",
      "To keep your account safe, we made its password invalid and signed it out on every device.\n\nOpen the service from your own bookmark, choose “Forgot your password?” on the sign-in page, and set a new one. Your phone numbers and other factors have not changed.\n\nContact us to ask why.",
    ],
  ),
  "notice.phone_change_started": notice(
    "in",
    "moment",
    [
      "電話番号の変更が始まりました",
      "あなたのアカウントの電話番号を、別の番号に変える手続きが始まりました。新しい番号で認証コードが確認されると、変更されます。",
    ],
    [
      "a change of your phone number has begun",
      "A change of the phone number of your account has begun. The number changes once a verification code sent to the new one is confirmed.",
    ],
    { ja: "電話番号の変更が始まりました", en: "phone change begun" },
  ),
  "notice.phone_added": notice(
    "in",
    "moment",
    ["電話番号が追加されました", "あなたのアカウントに電話番号が追加されました。この番号でも、認証コードを受け取れます。"],
    ["a phone number was added", "A phone number was added to your account. Verification codes can be sent to it, too."],
    { ja: "電話番号が追加されました", en: "phone added" },
  ),
  "notice.phone_replaced": notice(
    "in",
    "moment",
    [
      "電話番号が変更されました",
      "あなたのアカウントの電話番号が変更されました。これまでの番号では、認証コードを受け取れません。これまでの番号で確認したログインは、すべて終わりました。",
    ],
    [
      "your phone number was changed",
      "The phone number of your account was changed. The old number gets no more verification codes, and the devices signed in with it were signed out.",
    ],
    { ja: "電話番号が変わりました", en: "phone changed" },
  ),
  "notice.phone_removed": notice(
    "in",
    "moment",
    ["電話番号が削除されました", "あなたのアカウントから電話番号が1つ削除されました。この番号で確認したログインは、すべて終わりました。"],
    ["a phone number was removed", "A phone number was removed from your account, and the devices signed in with it were signed out."],
    { ja: "電話番号が削除されました", en: "phone removed" },
  ),
  "notice.email_changed": notice(
    "in",
    "moment",
    [
      "メールアドレスが変更されました",
      "あなたのアカウントのメールアドレスが変更されました。これからのお知らせは、新しいアドレスにお送りします。",
    ],
    ["your e-mail address was changed", "The e-mail address of your account was changed. From now on our messages go to the new address."],
    { ja: "メールアドレスが変わりました", en: "e-mail changed" },
  ),
  "notice.recovery_address_added": notice(
    "in",
    "moment",
    [
      "予備のメールアドレスが登録されました",
      "あなたのアカウントに予備のメールアドレスが登録されました。7日後から、パスワードの再設定にも使えます。",
    ],
    [
      "a second e-mail address was added",
      "A second e-mail address was added to your account. In 7 days it can be used to reset the password, too.",
    ],
  ),
  "notice.recovery_address_removed": notice(
    "in",
    "moment",
    ["予備のメールアドレスが削除されました", "あなたのアカウントの予備のメールアドレスが削除されました。"],
    ["the second e-mail address was removed", "The second e-mail address of your account was removed."],
  ),
  "notice.recovery_codes_new": notice(
    "in",
    "moment",
    [
      "新しいリカバリーコードが発行されました",
      "あなたのアカウントの新しいリカバリーコード10個が発行されました。これまでのものは、もう使えません。",
    ],
    ["new recovery codes were issued", "Ten new recovery codes were issued for your account. The earlier ones no longer work."],
  ),
  "notice.deletion_requested": notice(
    "in",
    "moment",
    [
      "アカウントの削除を受け付けました",
      "あなたのアカウントは、30日後に削除されます。それまでは、ログインして「アカウント」→「データと削除」から取り消せます。",
    ],
    [
      "your account will be deleted",
      "Your account will be deleted in 30 days. Until then you can sign in and take this back under “Your account” → “Data and deletion”.",
    ],
    { ja: "アカウント削除を受付けました", en: "account deletion" },
  ),
  "notice.deletion_soon": notice(
    "in",
    "later",
    [
      "アカウントがまもなく削除されます",
      "あなたのアカウントは、まもなく削除されます。続けてお使いになる場合は、ログインして「アカウント」→「データと削除」から取り消してください。",
    ],
    [
      "your account will be deleted soon",
      "Your account will be deleted soon. To keep it, sign in and take the deletion back under “Your account” → “Data and deletion”.",
    ],
  ),
  "notice.deletion_cancelled": plain(
    [
      "アカウントの削除を取り消しました",
      "あなたのアカウントの削除は取り消されました。これまでどおりお使いいただけます。\n\nこの操作に心当たりがないときは、お問い合わせ窓口にお知らせください。",
    ],
    [
      "your account will not be deleted",
      "The deletion of your account was taken back. You can go on using it as before.\n\nContact us if you did not do this.",
    ],
  ),
  "notice.address_release": notice(
    "in",
    "later",
    [
      "このメールアドレスが、アカウントから外れます",
      "このメールアドレスを読める方から、パスワードも電話番号も使えないため、新しく登録し直したいという申し出がありました。受付から30日で、このアドレスは今のアカウントから外れ、今のアカウントは閉じられます。ログインすると、この申し出は取り消されます。",
    ],
    [
      "this address will leave its account",
      "Someone who can read this address asked to register again, having neither the password nor the phone number of its account. Thirty days after the request the address leaves the account, and the account is closed. Signing in takes the request back.",
    ],
    { ja: "アドレスの解放を受付けました", en: "address release" },
  ),
  "notice.takeover": notice(
    "in",
    "moment",
    [
      "登録の電話番号を、ほかの方が使っています",
      "あなたのアカウントに登録されている電話番号を、ほかの方がご自分の番号として確認しました。あなたがこの番号をもう使っていない場合は、3日後に登録から外れます。いまもお使いの場合は、下の停止コードで止めてください。",
    ],
    [
      "someone else uses your phone number",
      "Someone else has proven that they use a phone number of your account. If you no longer use it, it leaves your account in 3 days. If you still use it, stop this with the stop code below.",
    ],
  ),
  "notice.takeover_done": plain(
    [
      "登録の電話番号が外れました",
      "あなたのアカウントに登録されていた電話番号が、いまの持ち主に移ったため、登録から外れました。お使いの電話番号を「アカウント」→「電話番号」で登録してください。\n\nご不明な点は、お問い合わせ窓口にお尋ねください。",
    ],
    [
      "a phone number left your account",
      "A phone number of your account now belongs to someone else and was removed. Add the number that you use under “Your account” → “Phone numbers”.\n\nContact us if anything is unclear.",
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
