import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { codeMail } from "#lib/delivery/wording/mails";
import { noticeMail, noticeTemplates, noticeText } from "#lib/delivery/wording/notices";
import { smsText, trialText } from "#lib/delivery/wording/texts";
import { voiceGreeting, voiceText } from "#lib/delivery/wording/voice";
import { wordsFor } from "#lib/http/words";
import { codeTemplates, codeWords } from "#lib/purposes/messages";
import { en } from "./en.ts";
import { ja } from "./ja.ts";

// Checks that both languages use one word per concept: in all Japanese literals of the sources, and in the English of pages, messages and the front
// door. A rejected word names its replacement.

const JAPANESE = /[\u3041-\u30ff\u4e00-\u9fff]/;
const LETTER = "[\u3041-\u3096\u30a1-\u30fa\u30fc\u4e00-\u9fff]";

/** Names of settings and companies, in their owners' spelling. */
const PROPER =
  /電話番号メール拒否・許可|なりすましSMSの拒否|迷惑SMSフィルター|迷惑SMSブロック|迷惑SMS拒否設定|危険SMS拒否設定|国内他事業者SMS拒否|国際SMS拒否|SMS一括拒否|SMS拒否設定|NTTドコモ|メディアSMS|メッセージid|受付id|(?:LINE|Google)でログイン/g;

const REFUSED: readonly (readonly [RegExp, string])[] = [
  [
    /確認コード|ログインコード|(?<!認証|リカバリー|予備の|停止|取消|照会|QR )コード/,
    "認証コード, リカバリーコード, 停止コード, 取消コード or 照会コード",
  ],
  [/会員/, "新規登録, アカウント"],
  [/サイン(?:イン|アップ|アウト)|ログオン/, "ログイン, 新規登録, ログアウト"],
  [/業者/, "送信サービス"],
  [/運営者|管理者|(?<!お問い合わせ)窓口/, "お問い合わせ窓口"],
  [/最初のページ|ホームページ/, "トップページ"],
  [/(?:別|他)の(?:方法|アカウント|サイト)/, "ほかの…"],
  [/だれ/, "誰"],
  [/たずね|訊/, "尋ね"],
  [/はじめ(?:る|ます|まし|られ)/, "始める"],
  [/構い|構わ/, "かまいません"],
  [/ブラウザ(?!ー)|フォルダ(?!ー)|サーバ(?!ー)|ユーザ(?!ー)/, "a long vowel: ブラウザー"],
  [/ユーザー|デバイス|ワンタイム|パスコード|プロバイダ/, "端末, 認証コード, 送信サービス"],
  [/不達|不応答|諦め|応対/, "届かず, 応答なし, 打ち切った, ご利用いただけません"],
  [/合い(?:かぎ|鍵)/, "リカバリーコード"],
  [/二度と見|半分だけ/, "a plain sentence"],
  [
    /(?<!自動音声の|携帯|固定|留守番|IP |デモの)電話(?!番号|会社|をかけ|がかか|がつなが|に出|をお切り|が使えない|や SMS は詐欺|の登録)/,
    "電話番号, 自動音声の電話 or 携帯電話",
  ],
  [new RegExp(`[A-Za-z]${LETTER}|${LETTER}[A-Za-z]`), "a space between Latin letters and Japanese"],
  [/(?:\d|\}) (?:つ|個|桁|回|件|枚|文字|分|秒|時間|日)/, "no space before a counter"],
  [/[()]/, "full-width （）"],
  [/(?<!「)[0-9１] ?を押/, "「1」を押す"],
  [/https?:|www\./, "no link in words"],
];

/** Exceptions where a rejected word is right: only the printed sheet of recovery codes calls them spare keys. */
const EXCEPT = new Map([[ja.recovery.sheetWhat, /合いかぎ/]]);

/** Returns the string literals of a source file that contain Japanese; template values become placeholders. */
function literals(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[\s{])\/\/.*$/gm, "$1");
  const found = [...code.matchAll(/"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`|>([^<>{}]+)</g)].map(
    ([, one, two, text]) => one ?? two ?? text ?? "",
  );
  return found.filter((literal) => JAPANESE.test(literal)).map((literal) => literal.replace(/\$\{[^{}]*\}/g, "{}").replaceAll("\\n", "\n"));
}

/** The console names staff by their roles; people who sign in have one word for them all. */
const isConsole = (file: string) =>
  /^(?:lib\/words\/ja\/console|lib\/console\/|scripts\/operator\/admin-|app\/admin\/|components\/console\/)/.test(file);

const sources = globSync("{app,components,lib,scripts}/**/*.{ts,tsx}", { exclude: (path) => /generated|node_modules/.test(String(path)) })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => !/\.test\.tsx?$/.test(file) && !/^(?:lib\/testing|lib\/words\/en\/|scripts\/(?:test|bench))/.test(file))
  .map((file) => ({ file, found: literals(readFileSync(file, "utf8")) }))
  .filter(({ found }) => found.length > 0);

const offences = (text: string, refused: typeof REFUSED): string[] =>
  refused.flatMap(([pattern, instead]) => {
    const found = pattern.exec(text)?.[0];
    return found === undefined ? [] : [`${found} in "${text}": write ${instead}`];
  });

describe("Japanese", () => {
  it("is found where it is written", () => {
    const files = sources.map(({ file }) => file);
    expect(files).toEqual(
      expect.arrayContaining([
        "app/global-error.tsx",
        "lib/delivery/wording/account-notices.ts",
        "lib/delivery/wording/notices.ts",
        "lib/delivery/wording/texts.ts",
        "lib/http/words.ts",
        "scripts/operator/doctor-words/ja.ts",
      ]),
    );
    expect(sources.flatMap(({ found }) => found).length).toBeGreaterThan(400);
  });

  it.each(sources)("in $file has one word per thing", ({ file, found }) => {
    const refused = isConsole(file) ? REFUSED.filter(([, instead]) => instead !== "お問い合わせ窓口") : REFUSED;
    const texts = found.map((literal) => literal.replace(PROPER, "").replace(EXCEPT.get(literal) ?? "", ""));
    expect(texts.flatMap((text) => offences(text, refused))).toEqual([]);
  });
});

type Group = Record<string, string>;
const pairs = Object.entries(ja).flatMap(([group, words]) =>
  Object.entries(words as Group).map(([key, text]) => ({
    name: `${group}.${key}`,
    ja: text,
    en: (en as Record<string, Group>)[group]?.[key] ?? "",
  })),
);

/** Japanese terms and their English counterparts. */
const TWINS: readonly (readonly [string, RegExp])[] = [
  ["認証コード", /verification code/i],
  ["リカバリーコード", /recovery code/i],
  ["停止コード", /stop code|stop or undo code|stop and undo code/i],
  ["取消コード", /undo code/i],
  ["新規登録", /account|sign(?:ing)? up/i],
  ["ログアウト", /sign(?:ed|s)? out/i],
  ["自動音声の電話", /automated call/i],
  ["お問い合わせ窓口", /contact us/i],
  ["送信サービス", /message service/i],
  ["端末", /device|phone itself|on the phone/i],
  ["ブラウザー", /browser/i],
  ["トップページ", /home page/i],
  ["利用規約", /terms of service/i],
  ["プライバシーポリシー", /privacy policy/i],
];

it("A pair of sentences says the same thing by the same word in both languages", () => {
  const broken = pairs.flatMap((pair) =>
    TWINS.filter(([word, twin]) => pair.ja.includes(word) && !twin.test(pair.en)).map(([word]) => `${pair.name}: ${word} in "${pair.en}"`),
  );
  expect(broken).toEqual([]);
});

const REFUSED_ENGLISH: readonly (readonly [RegExp, string])[] = [
  [
    /(?<!verification |recovery |spare |stop |undo |status |QR )\bcodes?\b/i,
    "verification code, recovery code, stop code, undo code or status code",
  ],
  [/\blog(?:ged|ging)?[ -]?(?:in|out)\b/i, "sign in, sign out"],
  [/\b(?:phone|voice) calls?\b/i, "automated call"],
  [/(?<!e-)\b(?:e?mails?|emailed)\b/i, "e-mail"],
  [/\b(?:some|no|any)body\b|whoever/i, "someone, no one"],
  [/administrator|operator|people who run/i, "contact us"],
  [/first page/i, "home page"],
  [/https?:|www\./, "no link in words"],
];

const service = { name: "Sakura", publicOrigin: "https://login.example.jp", minutes: 10 };
const codes = { reference: "N-7K2M9PQR", stopCode: "7K2M9-PQRST", undoCode: "2M9PQ-RST7K" };
const mails = [
  ...codeTemplates.map((template) => codeMail(codeWords[template], "en", "012345", service)),
  ...noticeTemplates.map((template) => noticeMail(template, "en", service, new Date(0), codes)),
];
const english = [
  ...pairs.filter(({ name }) => name !== "recovery.fileName").map(({ name, en: text }) => [name, text.replace(/\{\w+\}/g, "")]),
  ...mails.flatMap(({ subject, text }) => [[`the mail "${subject}"`, `${subject}\n${text}`]]),
  ...codeTemplates.flatMap((template) => [
    [`the text of ${template}`, smsText(codeWords[template], "en", "012345", service).replace(/\n@.*$/, "")],
    [`the call of ${template}`, voiceText(codeWords[template], "en", "012345", service)],
  ]),
  ...noticeTemplates.map((template) => [`the text of ${template}`, noticeText(template, "en", service, codes) ?? ""]),
  ["the greeting of a call", voiceGreeting("en", service)],
  ["the text of a trial", trialText("en", service)],
  ...([400, 401, 403, 404, 405, 408, 409, 413, 414, 415, 421, 431, 500, 503] as const).map((status) => [
    `the door's ${status}`,
    wordsFor(status, "en").join(" "),
  ]),
] as [string, string][];

it("English has one word per thing", () => {
  const refusedIn = (name: string) =>
    /^(?:console|staff)/.test(name) ? REFUSED_ENGLISH.filter(([, instead]) => instead !== "contact us") : REFUSED_ENGLISH;
  expect(english.flatMap(([name, text]) => offences(text, refusedIn(name)).map((one) => `${name}: ${one}`))).toEqual([]);
});
