import { type Notice, notice, plain } from "#lib/delivery/wording/notice-parts";

/** The notices of an account's phones, apps, passkeys, recovery codes and linked logins. */

export const factorNotices = {
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
  "notice.recovery_codes_new": notice(
    "in",
    "moment",
    [
      "新しいリカバリーコードが発行されました",
      "あなたのアカウントの新しいリカバリーコード10個が発行されました。これまでのものは、もう使えません。",
    ],
    ["new recovery codes were issued", "Ten new recovery codes were issued for your account. The earlier ones no longer work."],
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
} satisfies Record<string, Notice>;
