/** The page between a sign-in and the site of another service that asked for it. */
export const enterSite = {
  title: "サイトへ進みます",
  lead: "{host} へ移動しています。画面が切り替わらないときは、ボタンを押してください。",
  go: "{host} へ進む",
  stepUpTitle: "もう一度、本人確認をお願いします",
  stepUpLead:
    "{host} のページを開くには、登録した方法（SMS、認証アプリ、パスキーなど）での確認が必要です。確認が済むと、そのまま進みます。",
  passkeyLead: "{host} のページを開くには、パスキーでの確認が必要です。確認が済むと、そのまま進みます。",
  submit: "本人確認をする",
  missingTitle: "パスキーが必要なページです",
  missingLead:
    "{host} のこのページを開けるのは、パスキーで確認した方だけです。このアカウントには、まだパスキーがありません。登録してから、もう一度お進みください。",
  missingGo: "パスキーを登録する",
  missingAgain: "登録したので、もう一度進む",
  emptyTitle: "サイトのページからお進みください",
  emptyLead: "ここは、ほかのサイトに入るときに通るページです。開きたいサイトのページを開くと、ログインを確認してから戻ります。",
  emptyGo: "アカウントのページへ",
  busyTitle: "短い時間に何度も移動しました",
  busyLead: "1分ほど待ってから、もう一度お進みください。繰り返すときは、ブラウザーの設定で {host} の Cookie を使えるようにしてください。",
  busyAgain: "もう一度進む",
};
