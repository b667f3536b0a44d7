/** The words of the console, which staff alone read. */

/** Why staff may not do an act. */
export const staffReasons = {
  role: "あなたの役割では、この操作はできません。",
  own_account: "ご自分のアカウントへの操作は、できません。別の担当者が行います。",
  own_review: "この申請を確かめたのはあなたです。承認は、別の管理者が行います。",
  new_administrator: "管理者になって72時間がたつまで、承認はできません。",
  not_proven: "本人がまだパスワードとメールを確かめていません。確かめが終わるまで、進められません。",
  other_state: "この申請は、すでに別の状態に進んでいます。画面を開き直してください。",
  frozen: "この申請はいったん止められています。先に、再開するか取り消すかを決めてください。",
  facts_open: "公開の前に確かめる事実のうち、どうしても要るものが、まだそろっていません。「準備」の「本番稼働」をご覧ください。",
  no_change: "すでにその状態です。何も変わっていません。",
  too_many: "これ以上は追加できません。使わないものを先に削除してください。",
  too_few_accounts: "使える送信サービスが足りません。送信サービスの画面で、2つ目を登録してください。",
};

/** The frame of the console. */
export const consoleFrame = {
  title: "管理",
  search: "利用者・申請・送信をさがす",
  searchHint: "アドレス・電話番号・受付番号",
  find: "さがす",
  toRooms: "メニューへ移動",
  rooms: "管理の部屋",
  waiting: "件",
  overview: "概況",
  users: "利用者",
  cases: "復旧申請",
  messages: "送信ログ",
  abuse: "不正のきざし",
  usage: "利用と費用",
  health: "稼働状況",
  audit: "監査",
  providers: "送信サービス",
  setup: "準備",
  keys_room: "API キー",
  events: "イベント",
  texts: "文面",
  policy: "方針",
  people: "担当者",
  clients: "サービス",
  support: "サポート",
  administrator: "管理者",
  actsUntil: "操作の本人確認 済み（{time} まで）",
  actsClosed: "操作には本人確認が必要です",
  gateLead: "管理の操作の前に、認証アプリかパスキーで確かめます。確認のあと10分間、操作できます。",
  enterTitle: "管理の画面に入る",
  enterLead: "管理の画面は、パスキーか認証アプリで本人確認をした人だけが使えます。SMS だけでは入れません。",
  keys: "キーボード",
  keysText:
    "「/」で検索、「g」のあとに o 概況、u 利用者、c 復旧申請、m 送信ログ、b 不正のきざし、y 利用と費用、h 稼働状況、a 監査、p 方針、s 担当者。",
  keysUse: "このキーを使う",
};
