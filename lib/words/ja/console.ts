/** The words of the console, which staff alone read. */

/** Why staff may not do an act. */
export const staffReasons = {
  role: "あなたの役割では、この操作はできません。",
  own_account: "ご自分のアカウントへの操作は、できません。別の担当者が行います。",
  own_review: "この申請を確かめたのはあなたです。承認は、別の管理者が行います。",
  new_administrator: "管理者になって72時間がたつまで、承認はできません。",
  not_proven: "本人がまだパスワードとメールを確かめていません。確かめが終わるまで、進められません。",
  other_state: "この申請は、すでに別の状態に進んでいます。画面を開き直してください。",
  frozen: "SMS の停止コードで止まっています。先に、再開するか取り消すかを決めてください。",
  no_change: "すでにその状態です。何も変わっていません。",
};
