/** The words of what a person does with their own account: data, deletion. */
export const data = {
  title: "データと削除",
  export: "自分のデータの書き出し",
  exportLead:
    "このアカウントについて保存している内容を、1つのファイル（JSON）で受け取れます。登録した電話番号は、省略せずに書き出します。パスワードと、まだ使える認証コード・リカバリーコードは含みません。",
  download: "ファイルを受け取る",
  proveExport: "書き出す前に、本人確認をお願いします",
  proveDelete: "削除を申し込む前に、本人確認をお願いします",
  delete: "アカウントの削除",
  deleteLead: "申し込みから30日後に、アカウントと、保存している内容をすべて削除します。それまでは、いつでも取り消せます。",
  deleteHint:
    "削除の7日前と前日に、メールでお知らせします。削除したあとは元に戻せません。同じメールアドレスと電話番号で、新しく登録し直すことはできます。",
  ask: "アカウントの削除を申し込む",
  asked: "アカウントの削除を受け付けました。メールでもお知らせしました。",
  deleteAt: "このアカウントは、{time} に削除されます。",
  meanwhile: "それまでは、これまでどおりログインして使えます。続けて使う場合は、削除を取り消してください。",
  keep: "アカウントの削除を取り消す",
  kept: "アカウントの削除を取り消しました。これまでどおりお使いいただけます。",
};

/** The callouts of the account pages. */
export const callouts = {
  more: "そのほか",
  emailRefusedTitle: "メールが届いていません",
  emailRefused:
    "お送りしたメールが、{email} のメールサーバーに受け取りを断られました。お知らせや、パスワードの再設定のメールが届きません。メールアドレスを変更するか、予備のメールアドレスを登録してください。",
  changeEmail: "メールアドレスを変更・追加する",
  askCodesTitle: "リカバリーコードは、いまも手元にありますか",
  askCodes: "電話が使えないときに必要です。しまった場所を確かめてください。見当たらなければ、新しく作り直せます。",
  codesThere: "手元にある",
  codesNew: "新しく作り直す",
  doubtedTitle: "確認が必要な電話番号があります",
  doubted:
    "末尾 {digits} の電話番号は、半年以上使われていないか、SMS を届けられなかったか、契約者が変わった可能性があります。パスワードの再設定には使えません。次のログインでこの番号に届く認証コードを入力すると、また使えるようになります。認証コードが届かないときは、番号を登録し直してください。",
};

/** The browsers that an account signed in on. */
export const devices = {
  title: "覚えている端末",
  lead: "最後まで認証してログインしたことのあるブラウザーです。ほかの人がパスワードを間違え続けても、ここにある端末からのログインは止まりません。覚えていても、ログインのときの確認は省きません。",
  none: "覚えている端末はありません。",
  noneText: "認証を済ませてログインすると、その端末がここに表示されます。",
  firstSeen: "はじめて {time}",
  lastUsed: "最後のログイン {time}",
  forget: "消す",
  forgetOne: "{device}（{time}）を消す",
  forgetAll: "すべて消す",
  forgotten: "端末を消しました。次にそこからログインがあると、新しい端末としてメールでお知らせします。",
  forgottenAll: "覚えている端末をすべて消しました。次のログインは、新しい端末としてメールでお知らせします。",
  stranger: "消しても、ログイン中の端末はログアウトしません。ログアウトさせるには、次の画面をお使いください。",
};

/** The messages that were sent to a person. */
export const sentTexts = {
  title: "お送りしたメッセージ",
  lead: "このアカウントにお送りした SMS・自動音声の電話・メールの、90日間の記録です。本文と認証コードは記録していません。",
  none: "この90日間にお送りしたメッセージはありません。",
  noneText: "認証コードやお知らせをお送りすると、ここに表示されます。",
  code: "認証コード（{purpose}）",
  unknown: "お知らせ",
  sms: "SMS",
  voice: "自動音声の電話",
  email: "メール",
  toDigits: "末尾 {digits} あて",
  toAddress: "{address} あて",
  toGone: "登録から外れた番号あて",
  from: "送信元 {sender}",
  queued: "送信の順番を待っています",
  sent: "送信しました",
  delivered: "届きました",
  undelivered: "届きませんでした",
  failed: "送信できませんでした",
  because: "{outcome}（{reason}）",
  tries: "送信の経過",
  older: "これより前を見る",
  newest: "新しいほうに戻る",
  lookTitle: "届いたメッセージが本物か、確かめる",
  look: "SMS の送信元と文面の例",
};

/** Why a message did not arrive, in a record of the past. */
export const sentReasons = {
  invalid_number: "使われていない番号",
  not_reachable: "電源が入っていないか圏外",
  landline: "固定電話のため",
  refused_by_subscriber: "受け取る側の設定で拒否",
  no_sms_service: "SMS のない契約",
  opted_out: "受け取りを停止中の番号",
  country_blocked: "送信していない国",
  throttled: "送信の上限",
  budget_spent: "送信の上限",
  provider_down: "送信サービスの障害",
  rejected: "送信サービスが受け付けず",
  number_at_risk: "SIM カードが入れ替わった直後",
  number_recycled: "契約者が変わった可能性のある番号",
  call_forwarded: "着信を転送する設定のため",
  sending_stopped: "送信を止めている間",
  address_refused: "相手のメールサーバーが拒否",
  unknown: "理由は不明",
};

/** The public page on the senders and the wording of our texts. */
export const ourTexts = {
  title: "お送りする SMS と自動音声の電話",
  lead: "{service}からお送りする SMS の送信元と文面です。届いたものが本物か、見比べてください。",
  sendersTitle: "送信元",
  sms: "SMS は、次の番号または名前で届きます。海外の回線を通ると、別の番号になることがあります。",
  smsUnknown: "SMS の送信元は、回線によって変わります。番号だけで本物と判断しないでください。",
  voice: "自動音声の電話は、次の番号からかけます。",
  commonNumber:
    "「0005」で始まる番号は、国内の携帯会社が審査して割り当てる共通の番号です。どの会社の番号かは、携帯各社がこの番号のために用意している照会のページで、番号を入力して確かめられます。",
  looksTitle: "SMS の文面",
  looksLead: "「123456」のところが、毎回変わります。",
  purpose: "{purpose}のとき",
  noticeTitle: "お知らせの文面",
  callTitle: "自動音声の電話",
  neverTitle: "お送りしないもの",
  neverLink: "SMS に、開くためのリンクを入れることはありません。最後の行の「@」と「#」は、認証コードを画面に自動で入れるための印です。",
  neverAsk: "認証コードやパスワードを、SMS・メール・音声でお尋ねすることはありません。",
  neverReply: "SMS への返信をお願いすることはありません。",
  strange:
    "見覚えのない認証コードが届いたときは、ほかの人があなたの番号やパスワードを入力したおそれがあります。認証コードは誰にも教えないでください。",
};

/** The page that asks for consent to a new version of a document. */
export const consent = {
  title: "利用規約・プライバシーポリシーの確認",
  lead: "内容が新しくなりました。ご確認のうえ、同意して続けてください。",
  settled: "現在の版に同意いただいています。",
  nothing: "確認をお願いする文書はありません。",
  terms: "利用規約（{version}）",
  privacy: "プライバシーポリシー（{version}）",
  newTab: "新しいタブで開きます。",
  agree: "同意して続ける",
  refuse: "同意されない場合は、自分のデータを受け取ったり、アカウントを削除したりできます。",
};

/** The page on which a person who reads the mailbox and has no factor asks to register anew. */
export const release = {
  title: "どの方法も使えないとき",
  lead: "パスワードも、登録した電話番号やリカバリーコードも使えない場合は、このメールアドレスを今のアカウントから外し、新しく登録し直せます。",
  wait: "申し出から30日かかります。その間、今のアカウントのすべての連絡先にお知らせします。持ち主がログインすると、申し出は取り消されます。",
  lost: "30日たつと、今のアカウントは閉じられ、元に戻せません。今のアカウントの内容は、新しいアカウントには引き継がれません。",
  ask: "30日後に、このメールアドレスで登録し直す",
  asked: "申し出を受け付けました。",
  due: "{time} に、このメールアドレスは今のアカウントから外れます。そのあと、新規登録の画面から登録し直してください。",
  meanwhile:
    "それまでにパスワードや電話番号が使えるようになったら、ログインしてください。申し出は取り消され、今のアカウントをそのまま使えます。",
  link: "どの方法も使えないとき",
  doubted:
    "長いあいだ使っていない電話番号、SMS を届けられなかった電話番号、契約者が変わった可能性のある電話番号は、パスワードの再設定には使えません。",
};
