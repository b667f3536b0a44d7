import { type Notice, notice, plain } from "#lib/delivery/wording/notice-parts";

/** The notices of an account's password, addresses and deletion. */

export const accountNotices = {
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
} satisfies Record<string, Notice>;
