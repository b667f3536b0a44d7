/** What a challenge of one act shows before its code. */
export const confirming = {
  title: "確認する内容",
  payee: "送り先",
  amount: "数量",
  check: "SMS や自動音声の電話でお伝えする内容と、同じであることを確かめてください。違うときは、認証コードを入力しないでください。",
};

/** The sample page of a points exchange. */
export const sample = {
  title: "ポイントの交換",
  badge: "見本",
  lead: "これは見本のページです。実際のポイントは動きません。送り先と数量を確かめてから手続きが進む様子を、ご覧いただけます。",
  amount: "ポイント数",
  amountHint: "半角の数字。例: 5000",
  shop: "交換先",
  yamada: "山田商店",
  hana: "はな珈琲",
  midori: "みどり書店",
  submit: "確認へ進む",
  waiting: "まだ確認が済んでいません。",
  toVerify: "認証コードを入力する",
  over: "時間が過ぎたため、この手続きは終わりました。",
  again: "はじめからやり直す",
  confirmedTitle: "確認が済みました",
  confirmedLead: "この内容で交換します。",
  exchange: "交換する",
  refused: "この手続きは、進められませんでした。",
  doneTitle: "交換しました",
  doneLead: "お店は、この受領証の署名を公開されている鍵で確かめてから、商品を渡します。",
  reference: "注文番号",
  receipt: "受領証",
  keys: "公開されている鍵",
  another: "もう一度試す",
  linesTitle: "このページのしくみ",
  linesLead: "同じことをご自分のサイトでするための10行です。",
};

/** Browsers that skip the second factor at sign-in. */
export const trusted = {
  trust: "この端末では30日間、確認を省く（ほかの人も使う端末では、選ばないでください）",
  title: "確認を省く端末",
  lead: "パスワードだけでログインできる端末です。心当たりのないものは消してください。大切な操作では、これまでどおり確認をします。",
  none: "確認を省く端末はありません。",
  current: "この端末",
  since: "{time} から",
  lastUsed: "最後のログイン {time}",
  until: "{time} まで",
  end: "消す",
  endOne: "{device}（{time}）を消す",
  ended: "消しました。その端末では、次のログインから認証コードの入力が必要です。",
};
