/** The banner while no message service carries texts or calls. */
export const outage = {
  sms: "SMS",
  voice: "自動音声の電話",
  title: "ただいま、認証コードをお届けできません（{ways}）",
  text: "送信サービスに障害が起きています。直るまで、ほかの方法をお使いください。",
  others: "送らずに使える方法",
  works: "いまも使える方法: {way}。下からお選びください。",
  here: "この画面の方法は、そのまま使えます。",
  wait: "この画面を閉じずに、数分おいてから、もう一度送ってください。すでにログインしている端末は、これまでどおり使えます。",
};
