/** The notices for a form of another sign-in than the browser's current one. */
export const drawn = {
  account: "アカウント",
  other:
    "操作された画面は、別のログイン（{account}）のものでした。何も送信・変更していません。このブラウザーの現在の画面を表示しています。",
  done: "操作された画面の手続き（{account}）は、すでに済んでいます。今回は何も送信・変更していません。",
  unknown: "操作された画面は、このブラウザーの現在のログインのものではありませんでした。何も送信・変更していません。",
  moved: "このブラウザーでは、別のタブで手続きが進んでいます。この画面で入力した内容は使われません。",
  movedLink: "現在の画面を開く",
};
