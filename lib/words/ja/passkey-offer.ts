/** A passkey that the browser made by itself, and the offer of one. */
export const passkeyOffer = {
  signedIn: "ログインしました",
  leads: "画面が自動で切り替わります。切り替わらないときは、下のボタンを押してください。",
  go: "先へ進む",
  later: "あとで",
  madeTitle: "パスキーを自動で作りました",
  made: "SMS でログインしたときに、お使いのブラウザーがパスキーを作り、このアカウントに登録しました。次のログインで、パスワードのあとにこのパスキーで確認すると、その次からはパスキーだけでログインできます。使わないときは、いつでも削除できます。",
  see: "パスキーを確かめる",
};
