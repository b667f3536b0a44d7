/** The message of every refusal: what happened, and what to do now. */
export const errors = {
  invalid_input: "入力内容を確認できませんでした。入力し直してください。",
  required: "入力してください。",
  email_invalid: "メールアドレスの形が正しくありません。例: hanako@example.jp",
  password_too_short: "パスワードが短すぎます。8文字以上にしてください。",
  password_too_long: "パスワードが長すぎます。256文字までにしてください。",
  password_common: "よく使われている、または推測されやすいパスワードです。別のものにしてください。",
  password_context: "メールアドレスやサービス名をもとにしたパスワードは使えません。別のものにしてください。",
  accept_risk_required: "注意点をお読みになり、チェックを入れてください。",
  saved_required: "リカバリーコードを保管したら、チェックを入れてください。",
  unsupported_media_type: "この形式の送信は受け付けていません。画面を開き直してください。",
  too_large: "送信された内容が大きすぎます。短くしてください。",
  forbidden_origin: "ほかのサイトからの操作は受け付けていません。このサイトの画面から操作してください。",
  unauthenticated: "ログインが必要です。ログインしてからやり直してください。",
  credentials_wrong: "メールアドレス・電話番号またはパスワードが違います。もう一度入力してください。",
  challenge_missing: "この手続きは終わっているか、見つかりません。はじめからやり直してください。",
  challenge_expired: "手続きの有効期限が切れました。はじめからやり直してください。",
  code_wrong: "認証コードが違います。いちばん新しい SMS・メールの認証コードか、確かめてください。",
  too_many_attempts: "間違いが続いたため、この手続きは使えなくなりました。はじめからやり直してください。",
  too_many_sends: "いまは続けて送れません。{wait}ほど待つか、ほかの方法を選んでください。",
  too_many_requests: "操作が続いたため、いったん受け付けを止めています。{wait}ほど待ってからお試しください。",
  number_not_accepted: "この電話番号は使えません。番号を確認してください。",
  number_taken: "この電話番号は、すでにほかのアカウントに登録されています。別の番号にするか、その番号のアカウントでログインしてください。",
  method_not_available: "その方法はいま使えません。ほかの方法を選んでください。",
  sending_stopped: "ただいま、この方法で認証コードをお届けするのを止めています。ほかの方法を選ぶか、再開までお待ちください。",
  form_of_another: "この画面は、いまの手続きのものではありません。何も送信・変更していません。画面を開き直してください。",
  cookies_blocked:
    "このブラウザーは Cookie を受け付けないため、先へ進めません（認証コードはまだ送っていません）。ブラウザーの設定でこのサイトの Cookie を許可し、もう一度入力してください。",
  step_up_required: "大切な操作のため、本人確認が必要です。「本人確認をする」を押してください。",
  confirmation_mismatch: "確かめた内容と違うか、すでに使われています。もう一度、はじめから手続きをしてください。",
  passkey_required: "この数量の確認には、パスキーが必要です。",
  account_restricted:
    "安全のため、このアカウントの大切な操作を一時的に止めています。時間をおいてお試しいただくか、お問い合わせ窓口にご連絡ください。",
  notice_code_wrong:
    "受付番号かコードが違うか、有効期限（7日間）が過ぎているか、すでに使われています。お知らせをもう一度確かめてください。",
  last_factor: "本人確認の方法がなくなるため、削除できません。先に別の電話番号を追加するか、番号を変更してください。",
  email_taken: "このメールアドレスは、すでにほかのアカウントで使われています。別のメールアドレスを入力してください。",
  too_many_phones: "登録できる電話番号は5つまでです。使わない番号を削除してから追加してください。",
  recovery_codes_unconfirmed: "先にリカバリーコードを保管してください。",
  not_found: "見つかりませんでした。画面を開き直してください。",
  unavailable: "ただいま手続きを受け付けられません。少し待ってから、もう一度お試しください。",
};

/** Why a phone number is refused, and which one is accepted. */
export const numberReasons = {
  invalid: "電話番号として確認できませんでした。090-1234-5678 のように入力してください。",
  country_not_allowed: "この国の電話番号には、いま対応していません。日本の電話番号を入力してください。",
  landline_needs_voice:
    "固定電話には SMS が届きません。受け取り方を「自動音声の電話」に変えました。よければ、このまま「認証コードを送る」を押してください。",
  no_calls: "いま、自動音声の電話では認証コードをお伝えできません。携帯電話の番号にして、受け取り方を「SMS」にしてください。",
  voip: "050 などの IP 電話の番号は使えません。携帯電話か固定電話の番号を入力してください。",
  premium: "この種類の番号（有料・共用・特殊な番号）は使えません。携帯電話か固定電話の番号を入力してください。",
};

/** Why a message did not arrive, for its recipient. */
export const deliveryReasons = {
  invalid_number: "この番号は使われていないようです。番号を確かめるか、ほかの方法を選んでください。",
  not_reachable: "電源が入っていないか、圏外のようです。電源と電波を確認するか、ほかの方法を選んでください。",
  landline: "固定電話には SMS が届きません。ほかの方法を選んでください。",
  refused_by_subscriber: "お使いの回線が SMS を拒否しました。携帯会社の迷惑 SMS 設定をご確認いただくか、ほかの方法を選んでください。",
  no_sms_service: "ご契約の回線に SMS がついていません。ほかの方法を選んでください。",
  opted_out: "この番号は受け取りを停止しています。ほかの方法を選んでください。",
  country_blocked: "この国への送信を止めています。ほかの方法を選んでください。",
  throttled: "回線が混み合っています。少し待つか、ほかの方法を選んでください。",
  budget_spent: "送信をいったん止めています。少し待つか、ほかの方法を選んでください。",
  provider_down: "送信サービスに障害が起きています。ほかの方法を選ぶか、少し時間をおいてください。",
  rejected: "送信サービスに受け付けられませんでした。ほかの方法を選んでください。",
  number_at_risk:
    "この番号は最近 SIM カードが入れ替わったため、安全のために認証コードを送りませんでした。リカバリーコードなど、ほかの方法を選んでください。",
  sending_stopped: "サービス全体で、この方法の送信を止めています。ほかの方法を選ぶか、再開までお待ちください。",
  address_refused:
    "このメールアドレスは、相手のメールサーバーに受け取りを断られました。打ち間違いがないかご確認のうえ、新規登録からやり直してください。",
  unknown: "理由は分かっていません。ほかの方法を選んでください。",
};

/** Replaces a reason if this challenge offers a call. */
export const reasonsWithCall = {
  landline: "固定電話には SMS が届きません。自動音声の電話で受け取ってください。",
  refused_by_subscriber:
    "お使いの回線が SMS を拒否しました。携帯会社の迷惑 SMS 設定をご確認いただくか、自動音声の電話で受け取ってください。",
  no_sms_service: "ご契約の回線に SMS がついていません。通話のできる番号なら、自動音声の電話で受け取れます。",
};

/** Replaces a reason if the message was a call. */
export const reasonsOfCall = {
  not_reachable: "知らない番号からの着信を消音・拒否する設定になっていないか、ご確認ください。ほかの方法も選べます。",
  refused_by_subscriber: "着信が拒否されました。着信の設定をご確認いただくか、ほかの方法を選んでください。",
};
