/** A sign-up without texts: an authenticator app or a passkey instead of the phone. */
export const noTexts = {
  both: "SMS を受け取れない方は、認証アプリかパスキーで登録できます",
  app: "SMS を受け取れない方は、認証アプリで登録できます",
  passkey: "SMS を受け取れない方は、パスキーで登録できます",
  plans: "格安 SIM など、SMS のない契約でも登録を終えられます。",
  toApp: "認証アプリで登録する",
  toAppText: "スマートフォンのアプリに表示される6桁の認証コードを使います。電波がなくても使えます。",
  toPasskey: "パスキーで登録する",
  toPasskeyText: "いまお使いの端末の指紋や顔、画面ロックを使います。",
  toPhone: "電話番号で登録する",
  others: "ほかの方法",
  title: "2つ目の確認方法を登録",
  lead: "ログインのたびに、パスワードに続けてこの方法で本人かどうかを確認します。",
  appTitle: "認証アプリを登録",
  appLead:
    "お持ちのスマートフォンに認証アプリ（Google Authenticator、Microsoft Authenticator など）を入れて、このアカウントを登録します。ログインのたびに、アプリに表示される認証コードを入力します。",
  passkeyTitle: "パスキーを登録",
  passkeyLead: "いまお使いの端末に、このサイト専用の鍵を作ります。ログインのときは、この鍵で本人かどうかを確認します。",
  noScript: "パスキーには JavaScript が必要です。JavaScript がなくても、次の方法で登録できます。",
  closed: "いまは、この方法では登録できません。ほかの方法をお選びください。",
};
