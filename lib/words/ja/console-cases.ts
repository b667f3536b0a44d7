/** The words of lost-phone cases in the console, which staff alone read. */

/** The list and the statistics. */
export const consoleCases = {
  title: "復旧申請",
  lead: "申請の古い順です。上にあるものほど、長くお待たせしています。",
  filter: "申請の状態",
  show: "表示する",
  all: "進行中のすべて",
  case: "申請",
  why: "申請の理由",
  flagsHead: "注意の印",
  noFlags: "なし",
  state: "いまの状態",
  waited: "経過",
  ended: "終わった日時",
  started: "担当者が準備",
  next: "次に古い{count}件",
  nextEnded: "前の{count}件",
  first: "先頭に戻る",
  pages: "申請のページ",
  unknown: "その受付番号の申請はありません。番号を確かめてください。",
  emptyTitle: "進行中の復旧申請はありません",
  emptyText:
    "携帯電話をなくした人が、ログインの画面からパスワードとメールで申請すると、ここに並びます。お問い合わせを受けたときは、利用者の画面から準備できます。新しい申請が1日以上待つと、担当者全員にメールで知らせます。",
  emptyStateTitle: "この状態の申請はありません",
  emptyStateText: "状態を選び直すと、ほかの申請を見られます。",
  figures: "数字で見る",
  openByAge: "進行中の申請の古さ",
  openByAgeSum: "進行中 {count}件",
  recovered: "復旧までの日数（この90日）",
  recoveredSum: "復旧 {count}件、真ん中の値 {hours}時間",
  recoveredNone: "この90日に復旧した申請はありません",
  outcomes: "申請の終わり方（この90日）",
  outcomesSum: "終わった申請 {count}件",
  table: "数字の表",
  kind: "区分",
  count: "件数",
  under_1: "1日まで",
  under_2: "2日まで",
  under_3: "3日まで",
  under_4: "4日まで",
  under_7: "7日まで",
  over_7: "7日以上",
  hours: "{hours}時間{minutes}分",
  days: "{days}日{hours}時間",
};

/** The states of a case, as a badge says them. */
export const consoleCaseStates = {
  requested: "確認待ち",
  unproven: "本人の手続き待ち",
  reviewed: "承認待ち",
  waiting: "待つ期間",
  frozen: "凍結中",
  ready: "本人の登録待ち",
  done: "復旧ずみ",
  rejected: "却下",
  cancelled: "取り消し",
  expired: "期限切れ",
};

/** What happened to the phone. */
export const consoleCaseReasons = {
  lost: "なくした",
  stolen: "盗まれた",
  new_contract: "契約が変わった",
  number_given_up: "番号を手放した",
  other: "そのほか",
};

/** What makes the wait longer, in the order of the page. */
export const consoleCaseFlags = {
  unknown_browser: "はじめて見るブラウザーからの申請",
  other_country: "90日見ていない国からの申請",
  recent_change: "7日以内に、パスワード・アドレス・確認方法を変更",
  young_account: "登録から7日たっていない",
  second_request: "30日以内に2回目の申請",
  one_administrator: "管理者が1人だけの承認",
};

/** What a reviewer can have checked. */
export const consoleCaseChecks = {
  history: "申請の理由と、直前の動きが合っている",
  notices: "お知らせが、持ち主に届く宛先に送られている",
  called_back: "本人に番号を聞き、検索で登録の番号と確かめてから、電話をかけた",
  records: "こちらの記録（契約・取引など）と、本人の話が合っている",
};

/** Reasons to choose from; each can be changed before it is used. */
export const consoleCaseTemplates = {
  review_1: "本人から窓口に連絡があり、記録と話が合った",
  review_2: "本人に聞いた番号を、検索で登録の番号と確かめて電話をかけ、応答がないことを確かめた",
  approve_1: "確認の記録を読み、直前の動きに不自然なところがない",
  approve_2: "お知らせが届いており、止める連絡がない",
  end_1: "持ち主から「申請していない」と連絡があった",
  end_2: "本人と確かめられなかった",
  end_3: "申請の説明と、記録が合わない",
  end_4: "本人から、携帯電話が見つかったと連絡があった",
  resume_1: "止めたのが本人でないことを、本人と確かめた",
};
