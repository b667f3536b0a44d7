import { aboutCase, plain } from "#lib/delivery/wording/notice-parts";

/** The notices of lost-phone cases and of staff. */

const status = ["status" as const];

/** What a case that ended without a new factor leaves; a request of a lost or stolen phone and a stop have signed devices out. */
const unchanged = {
  ja: "電話番号、パスワードなどの登録は、申請の前のままです。ログアウトした端末では、もう一度ログインしてください。SMS の停止コードが使われたときは、大切な操作を3日間止めています。",
  en: "Your phone numbers, your password and your other factors are as they were before. Sign in again on devices that were signed out. If the stop code of a text was used, important changes stay blocked for 3 days.",
};

/** What the reader of a stranger's request has to know: it took the password and the mailbox. */
const stranger = {
  ja: "申請には、正しいパスワードとメールの認証コードが必要です。申請した覚えがないときは、ほかの人があなたのパスワードを知り、メールも読めるおそれがあります。パスワードと、メールのパスワードを変えてください。",
  en: "A request takes your password and a verification code sent to your e-mail address. If you did not make it, someone may know your password and read your e-mail. Change both passwords.",
};

export const caseNotices = {
  "notice.case_requested": aboutCase(
    status,
    [
      "復旧の申請を受け付けました",
      "登録した電話番号が使えなくなったとして、あなたのアカウントの復旧が申請されました。担当者が2人で確かめ、24〜72時間待ってから、新しい電話番号などを登録できるようになります。それまで、大切な操作はできません。",
    ],
    [
      "a recovery request was received",
      "A recovery of your account was requested because its phone cannot be used. Two people check it, and after a wait of 24 to 72 hours a new phone or another factor can be added. Until then, important changes are blocked.",
    ],
    { text: { ja: "復旧の申請がありました", en: "recovery requested" } },
  ),
  "notice.case_requested_ended": aboutCase(
    status,
    [
      "復旧の申請を受け付け、すべての端末をログアウトさせました",
      "携帯電話をなくした、または盗まれたとして、あなたのアカウントの復旧が申請されました。すべての端末をログアウトさせ、大切な操作を止めました。担当者が2人で確かめ、24〜72時間待ってから、新しい電話番号などを登録できるようになります。",
    ],
    [
      "a recovery request was received, and every device was signed out",
      "A recovery of your account was requested because its phone was lost or stolen. Every device was signed out, and important changes are blocked. Two people check the request, and after a wait of 24 to 72 hours a new phone or another factor can be added.",
    ],
    { text: { ja: "復旧の申請がありました", en: "recovery requested" } },
  ),
  "notice.case_started": aboutCase(
    status,
    [
      "復旧の申請の準備をしました",
      "お問い合わせを受けて、担当者があなたのアカウントの復旧の申請を準備しました。続けるには、ログインの画面でパスワードを入力し、「この電話が使えない」から申請してください。それまで何も変わりませんが、大切な操作はできません。",
    ],
    [
      "a recovery request was prepared",
      "You reached us, and our staff prepared a recovery request for your account. To go on, enter your password on the sign-in page and choose “I cannot use this phone”. Nothing changes until then, but important changes are blocked.",
    ],
    { text: { ja: "復旧の申請の準備をしました", en: "recovery prepared" } },
  ),
  "notice.case_reviewed": aboutCase(
    status,
    ["復旧の申請を最初の担当者が確かめました", "復旧の申請を、最初の担当者が確かめました。続けて、もう1人の担当者が確かめます。"],
    [
      "a first person checked your recovery request",
      "A first member of our staff checked the recovery request. A second one checks it next.",
    ],
  ),
  "notice.case_approved": aboutCase(
    status,
    [
      "復旧の申請が承認されました（待つ期間に入りました）",
      "復旧の申請が承認され、待つ期間に入りました。待つ期間が終わると、認証コードをメールでお送りします。この期間は、本人でない人の申請を止められるようにするためのものです。",
    ],
    [
      "your recovery request was approved, and its wait has begun",
      "The recovery request was approved, and its wait has begun. When it is over, we send a verification code by e-mail. The wait is there so that a request that is not yours can be stopped.",
    ],
    { text: { ja: "復旧が承認されました", en: "recovery approved" } },
  ),
  "notice.case_ready": aboutCase(
    ["recovery", "status"],
    [
      "復旧の準備ができました",
      "待つ期間が終わりました。ログインの画面でパスワードを入力し、「復旧の認証コードを使う」を選んで、次の認証コードを入力してください。新しい電話番号などを登録すると、これまでの電話番号・端末・リカバリーコードは使えなくなります。",
    ],
    [
      "your account can be recovered now",
      "The wait is over. Enter your password on the sign-in page, choose “Use the verification code of the recovery”, and enter this verification code. Once you add a new phone or another factor, the earlier phones, devices and recovery codes no longer work.",
    ],
  ),
  "notice.case_done": aboutCase(
    [],
    [
      "復旧が終わり、新しい認証の方法が登録されました",
      "アカウントの復旧が終わりました。これまでの電話番号・認証アプリ・パスキー・リカバリーコードは使えなくなり、すべての端末をログアウトさせました。大切な操作は、あと24時間できません。",
    ],
    [
      "the recovery is done, and a new factor was added",
      "The recovery of your account is done. Earlier phone numbers, apps, passkeys and recovery codes no longer work, and every device was signed out. Important changes stay blocked for another 24 hours.",
    ],
    { text: { ja: "アカウントを復旧しました", en: "account recovered" } },
  ),
  "notice.case_rejected": aboutCase(
    [],
    [
      "復旧の申請をお受けできませんでした",
      `復旧の申請を確かめましたが、お受けできませんでした。${unchanged.ja}\n\n携帯電話やリカバリーコードが見つかったときは、いつもどおりログインできます。どうしても戻れないときは、パスワードの再設定の画面から、30日後にメールアドレスを外して新しく登録できます。元のアカウントの中身は開けません。\n\n${stranger.ja}`,
    ],
    [
      "your recovery request was not accepted",
      `We checked the recovery request and could not accept it. ${unchanged.en}\n\nIf you find the phone or a recovery code, you can sign in as usual. If there is no way back, the password reset page lets you free your e-mail address after 30 days and sign up anew; the earlier account stays closed.\n\n${stranger.en}`,
    ],
    { stops: false, text: { ja: "復旧の申請をお断りしました", en: "recovery not accepted" } },
  ),
  "notice.case_cancelled": aboutCase(
    [],
    [
      "復旧の申請を取り消しました",
      `復旧の申請を取り消しました。${unchanged.ja}\n\n${stranger.ja}\n\nこの取り消しに心当たりがないときは、もう一度申請するか、お問い合わせ窓口にお知らせください。`,
    ],
    [
      "the recovery request was cancelled",
      `The recovery request was cancelled. ${unchanged.en}\n\n${stranger.en}\n\nIf you did not cancel it, request it again or contact us.`,
    ],
    { stops: false, text: { ja: "復旧の申請を取り消しました", en: "recovery cancelled" } },
  ),
  "notice.case_frozen": aboutCase(
    status,
    [
      "復旧の申請をいったん止めました",
      "ログイン中の端末から、復旧の申請がいったん止められました。ほかの端末はログアウトさせました。担当者が確かめるまで、申請は先へ進みません。",
    ],
    [
      "the recovery request is on hold",
      "A signed-in device put the recovery request on hold. Every other device was signed out. The request goes no further until our staff have checked it.",
    ],
    { text: { ja: "復旧の申請を止めました", en: "recovery on hold" } },
  ),
  "notice.case_frozen_by_text": aboutCase(
    status,
    [
      "復旧の申請をいったん止めました",
      "SMS でお知らせした停止コードが入力されたため、復旧の申請をいったん止め、すべての端末をログアウトさせました。担当者が確かめるまで、申請は先へ進みません。大切な操作も、それまで、また少なくとも3日間はできません。",
    ],
    [
      "the recovery request is on hold",
      "The stop code of a text was entered. The recovery request is on hold, and every device was signed out. The request goes no further until our staff have checked it. Important changes are blocked until then, and for at least 3 days.",
    ],
    { text: { ja: "復旧の申請を止めました", en: "recovery on hold" } },
  ),
  "notice.case_resumed": aboutCase(
    status,
    [
      "止まっていた復旧の申請を再開しました",
      "いったん止められていた復旧の申請を、担当者が確かめて再開しました。待つ期間は、止まっていたあいだの分だけ延びます。",
    ],
    [
      "a stopped recovery request goes on",
      "A recovery request that was on hold was checked by our staff and goes on. Its wait is longer by the time that it was stopped.",
    ],
    { text: { ja: "復旧の申請を再開しました", en: "recovery goes on" } },
  ),
  "notice.case_expired": aboutCase(
    [],
    [
      "復旧の申請の期限が切れました",
      `復旧の申請の期限が切れました。${unchanged.ja}\n\nまだ登録した電話番号が使えないときは、もう一度申請してください。\n\n${stranger.ja}`,
    ],
    [
      "the recovery request has expired",
      `The recovery request has expired. ${unchanged.en}\n\nIf you still cannot use your phone, request it again.\n\n${stranger.en}`,
    ],
    { stops: false },
  ),
  "notice.reverification_asked": plain(
    [
      "電話番号の確かめ直しをお願いします",
      "サービス側で、あなたのアカウントの電話番号の確かめ直しをお願いすることにしました。次にログインするとき、SMS か自動音声の電話で届く認証コードを入力すると終わります。それまで、その電話番号はパスワードの再設定に使えません。\n\n理由については、お問い合わせ窓口にお尋ねください。認証コードは、誰にも教えないでください。",
    ],
    [
      "please prove your phone number again",
      "We asked for the phone numbers of your account to be proven again. Enter the verification code that comes by text or call at your next sign-in, and it is done. Until then the number cannot be used to reset the password.\n\nContact us to ask why. Never tell anyone a verification code.",
    ],
  ),
  "notice.staff_changed": plain(
    [
      "担当者の役割が変わりました",
      "管理の画面に入れる人が変わりました。心当たりがないときは、すぐに管理の画面の「担当者」と「監査」をご確認ください。\n\nご不明な点は、お問い合わせ窓口にお知らせください。",
    ],
    [
      "the roles of staff have changed",
      "Who may use the console has changed. If you did not expect it, look at “People” and “Audit” in the console right away.\n\nContact us if anything is unclear.",
    ],
  ),
  "notice.staff_left": plain(
    [
      "管理の画面に入る役割が取り消されました",
      "あなたのアカウントから、管理の画面に入る役割が取り消されました。アカウントのログインはすべて終わりました。アカウントは、これまでどおりお使いいただけます。\n\n理由については、お問い合わせ窓口にお尋ねください。",
    ],
    [
      "you no longer have a role in the console",
      "Your role in the console was taken away, and you were signed out on every device. You can go on using your account.\n\nContact us to ask why.",
    ],
  ),
  "notice.cases_waiting": plain(
    [
      "確かめを待っている復旧の申請があります",
      "1日以上、人の判断を待っている復旧の申請があります。管理の画面の「復旧申請」をご確認ください。\n\nご不明な点は、お問い合わせ窓口にお尋ねください。",
    ],
    [
      "recovery requests wait for a person",
      "Recovery requests have waited for more than a day. Look at “Cases” in the console.\n\nContact us if anything is unclear.",
    ],
  ),
};
