import type { Locale } from "#lib/delivery/wording/texts";

/** Pure: the door's texts for users in both languages: what happened, and what to do now. */

export type Status = 400 | 401 | 403 | 404 | 405 | 408 | 409 | 413 | 414 | 415 | 421 | 431 | 500 | 503;
type Words = readonly [happened: string, whatNow: string];

const WORDS: Record<Status, Record<Locale, Words>> = {
  400: {
    ja: ["送られた内容を読み取れませんでした", "ページを開き直して、もう一度お試しください。"],
    en: ["We could not read this request", "Open the page again and try once more."],
  },
  401: {
    ja: ["この操作には認証が必要です", "正しい資格情報を付けて、もう一度お試しください。"],
    en: ["This needs authorization", "Send the right credentials and try again."],
  },
  403: {
    ja: [
      "このサイトのページからの操作ではないため、受け付けませんでした",
      "アドレスを確かめ、ページを開き直してから、もう一度お試しください。",
    ],
    en: ["This did not come from a page of this site, so we refused it", "Check the address, open the page again and try once more."],
  },
  404: {
    ja: ["ページが見つかりません", "アドレスを確かめるか、トップページからお進みください。"],
    en: ["There is no such page", "Check the address, or start from the home page."],
  },
  405: {
    ja: ["この方法では受け付けていません", "トップページからお進みください。"],
    en: ["This method is not accepted here", "Start from the home page."],
  },
  408: {
    ja: ["通信に時間がかかりすぎました", "電波の届く場所で、もう一度お試しください。"],
    en: ["The connection took too long", "Try again where the connection is better."],
  },
  409: {
    ja: ["このページは古くなっています", "ページを開き直してから、もう一度入力してください。"],
    en: ["This page is out of date", "Open the page again and enter your details once more."],
  },
  413: {
    ja: ["送られた内容が大きすぎます", "入力を短くするか、ファイルを小さく分けて、もう一度お試しください。"],
    en: ["This is too large", "Shorten what you entered, or split the file, and try again."],
  },
  414: {
    ja: ["アドレスが長すぎます", "トップページからお進みください。"],
    en: ["This address is too long", "Start from the home page."],
  },
  415: {
    ja: ["この形式の内容は受け付けていません", "JSON（application/json）で送ってください。"],
    en: ["This kind of content is not accepted", "Send JSON (application/json)."],
  },
  421: {
    ja: ["このアドレスではご利用いただけません", "下のリンクから正しいアドレスを開いてください。"],
    en: ["This address cannot be used", "Use the link below to open the right one."],
  },
  431: {
    ja: ["ブラウザーが送る情報が大きすぎます", "このサイトの Cookie を削除して、もう一度お試しください。"],
    en: ["Your browser sends too much information", "Delete this site’s cookies and try again."],
  },
  500: {
    ja: [
      "申し訳ありません。こちらの不具合で、処理を終えられませんでした",
      "少し待ってから、もう一度お試しください。続くときは、下の番号をお問い合わせ窓口にお伝えください。",
    ],
    en: [
      "We are sorry: something failed on our side",
      "Wait a moment and try again. If it keeps happening, contact us with the reference below.",
    ],
  },
  503: {
    ja: ["ただいま手続きを受け付けられません", "数秒待ってから、もう一度お試しください。"],
    en: ["We cannot take this right now", "Wait a few seconds and try again."],
  },
};

export const COMMON: Record<Locale, { home: string; reference: string; contact: string }> = {
  ja: { home: "トップページへ", reference: "お問い合わせ番号", contact: "お問い合わせ窓口" },
  en: { home: "Go to the home page", reference: "Reference", contact: "Contact us" },
};

/** What a person reads at another host whose sign-in could not be finished, or that is not registered. */
export const SITE_WORDS: Record<Locale, Record<"notFinished" | "unknown", Words> & { again: string }> = {
  ja: {
    notFinished: [
      "ログインを確認できませんでした",
      "時間がたったか、このブラウザーで始めたログインではないためです。ボタンからもう一度お進みください。繰り返すときは、ブラウザーの設定で Cookie を使えるようにしてください。",
    ],
    unknown: [
      "このサイトは登録されていません",
      "アドレスを確かめてください。それでも開けないときは、このサイトのお問い合わせ窓口にご連絡ください。",
    ],
    again: "もう一度進む",
  },
  en: {
    notFinished: [
      "We could not confirm your sign-in",
      "It took too long, or it was not begun in this browser. Use the link to try again. If this keeps happening, allow cookies in your browser’s settings.",
    ],
    unknown: ["This site is not registered", "Check the address. If it is right, please contact the service that runs this site."],
    again: "Try again",
  },
};

export const wordsFor = (status: Status, language: Locale): Words => WORDS[status][language];

/** Returns Japanese unless the `locale` cookie or, without it, `Accept-Language` prefers English (RFC 9110 12.5.4). */
export function languageOfRequest(cookie: string | undefined, acceptLanguage: string | undefined): Locale {
  const chosen = /(?:^|;\s*)locale=(ja|en)(?:;|$)/.exec(cookie ?? "")?.[1];
  if (chosen === "ja" || chosen === "en") return chosen;
  let best: { language: Locale; weight: number } = { language: "ja", weight: 0 };
  for (const range of (acceptLanguage ?? "").slice(0, 500).split(",")) {
    const [, language, q] = /^\s*(ja|en)(?:-[a-z0-9-]+)?\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*$/i.exec(range) ?? [];
    const weight = language ? Number(q ?? 1) : 0;
    if (language && weight > best.weight) best = { language: language.toLowerCase() === "en" ? "en" : "ja", weight };
  }
  return best.language;
}
