import { z } from "zod";
import { planUses } from "#lib/costs/estimate";
import { countryBudgets, guardModes } from "#lib/policy/country-budget";
import { day, graceDays, rule } from "#lib/policy/rule";
import { service } from "#lib/policy/service-value";

/** The settings of the product that an operator changes while it runs: for each a schema, a default, and a sentence in both languages. */

/** The shortest waits of a lost-phone case that an operator may set, in hours: without and with a risk flag (LOST_PHONE). */
export const LOST_PHONE_FLOOR = { hours: 24, flaggedHours: 72 } as const;

type Said = { ja: string; en: string };

/** A setting; `takes` describes its valid values. */
export type Setting<S extends z.ZodType = z.ZodType> = { schema: S; initial: z.output<S>; says: Said; takes: Said };

const setting = <S extends z.ZodType>(one: Setting<S>): Setting<S> => one;

/** The kinds of authenticators with which a sign-up can be completed. */
export const signUpFactors = ["phone", "totp", "passkey"] as const;

const yesOrNo: Said = { ja: "true か false", en: "true or false" };

/** The plan of the set-up guide, by which services are compared: what texts are for, and the numbers of its form. */
const plan = z
  .strictObject({
    uses: z.array(z.enum(planUses)).max(planUses.length),
    numbers: z
      .partialRecord(z.string().regex(/^[a-zA-Z]{1,20}$/), z.number().min(0).max(100_000_000))
      .refine((numbers) => Object.keys(numbers).length <= 20),
  })
  .nullable();

export const settings = {
  linksInMail: setting({
    schema: z.boolean(),
    initial: false,
    says: {
      ja: "お知らせのメールに、停止の画面を開くリンクを1つ入れます。リンクを開いただけでは、何も変わりません。",
      en: "Notices by mail carry one link, to the page that stops what they tell of. Opening it changes nothing.",
    },
    takes: yesOrNo,
  }),
  publicSignUp: setting({
    schema: z.boolean(),
    initial: true,
    says: {
      ja: "誰でも新規登録できます。やめると、新しい登録を受け付けません。すでに始まった登録は、最後まで進められます。",
      en: "Anybody can sign up. Without it no sign-up begins; one that has begun may end.",
    },
    takes: yesOrNo,
  }),
  noPstn: setting({
    schema: z.strictObject({ from: day.nullable(), graceDays }),
    initial: { from: null, graceDays: 0 },
    says: {
      ja: "この日から、SMS と自動音声の電話をログインに使えなくします。ほかの方法をまだ登録していない人は、次のログインで登録へ進みます。",
      en: "From this day texts and calls no longer sign anybody in. People without another factor are led to one at their next sign-in.",
    },
    takes: {
      ja: '{"from":"2027-04-01","graceDays":30}（やめるときは {"from":null}）',
      en: '{"from":"2027-04-01","graceDays":30}, or {"from":null} to take it back',
    },
  }),
  factorsAtSignUp: setting({
    schema: z
      .array(z.enum(signUpFactors))
      .min(1)
      .refine((list) => new Set(list).size === list.length),
    initial: ["phone"],
    says: {
      ja: "新規登録のときに選べる、2つ目の確認方法です。",
      en: "The second factors that a person can choose from at sign-up.",
    },
    takes: {
      ja: '"phone"・"totp"・"passkey" のうち1つ以上の並び。例: ["phone","passkey"]',
      en: 'a list of at least one of "phone", "totp" and "passkey", as in ["phone","passkey"]',
    },
  }),
  lostPhoneWait: setting({
    schema: z
      .strictObject({
        hours: z.int().min(LOST_PHONE_FLOOR.hours).max(720),
        flaggedHours: z.int().min(LOST_PHONE_FLOOR.flaggedHours).max(720),
      })
      .refine(({ hours, flaggedHours }) => flaggedHours >= hours),
    initial: { hours: LOST_PHONE_FLOOR.hours, flaggedHours: LOST_PHONE_FLOOR.flaggedHours },
    says: {
      ja: "復旧の申請が承認されてから待つ時間です。注意の印がある申請は、長いほうを待ちます。24時間と72時間より短くはできません。",
      en: "How long an approved recovery request waits; one with a risk flag waits for the longer time. Never below 24 and 72 hours.",
    },
    takes: { ja: '{"hours":24,"flaggedHours":72}', en: '{"hours":24,"flaggedHours":72}' },
  }),
  lostPhoneNote: setting({
    schema: z.boolean(),
    initial: true,
    says: {
      ja: "復旧を申請する人が、確かめる担当者に宛てて一言を書けます。点数にはしません。",
      en: "A person who requests a recovery may write a note to the reviewers. It is never scored.",
    },
    takes: yesOrNo,
  }),
  pumpingGuard: setting({
    schema: z.strictObject({
      mode: z.enum(guardModes),
      sends: z.int().min(5).max(10_000),
      provenPercent: z.int().min(1).max(90),
    }),
    initial: { mode: "deny", sends: 20, provenPercent: 20 },
    says: {
      ja: "新しい番号への送信で料金をかせぐ不正への備えです。1時間の送信のうち、確認まで進んだ割合が低いときと、続き番号への送信が続くときに働きます。見つけたとき、知らせて送信を絞るか、知らせるだけにするかを選べます。",
      en: "The guard against pumped texts. It acts where few of an hour's texts to new numbers end in a proven number, and on runs of neighbouring numbers. It alerts and holds sends back, or only alerts.",
    },
    takes: {
      ja: '{"mode":"deny","sends":20,"provenPercent":20}。mode は "deny"（知らせて送信を絞る）か "monitor"（知らせるだけ）',
      en: '{"mode":"deny","sends":20,"provenPercent":20}; mode is "deny" (alerts and holds sends back) or "monitor" (only alerts)',
    },
  }),
  searchByBeginning: setting({
    schema: z.boolean(),
    initial: false,
    says: {
      ja: "管理の画面で、メールアドレスのはじめの数文字から利用者をさがせます。そうでないときは、全体が一致したときだけ見つかります。",
      en: "The console finds accounts by the beginning of an address. Otherwise it finds only what is typed in full.",
    },
    takes: yesOrNo,
  }),
  signInFloorMs: setting({
    schema: z.int().min(0).max(5000),
    initial: 0,
    says: {
      ja: "ログインの応答にかける時間の下限（ミリ秒）です。ほかのシステムから移した利用者がいる間、応答の時間で見分けられないようにします。npm run import が測って入れます。",
      en: "The least time that an answer to a password takes, in milliseconds. It hides who came along from another system; npm run import measures and sets it.",
    },
    takes: { ja: "0〜5000", en: "0 to 5000" },
  }),
  service: setting({
    schema: service,
    initial: {
      ...{ name: null, contact: null, terms: null, privacy: null, senderNumber: null, logo: null },
      accent: { day: null, night: null },
    },
    says: {
      ja: "どなたのサービスかを、画面・メール・SMS に示します。名前、ロゴ、色、お問い合わせ窓口、利用規約、プライバシーポリシー、送信元の番号です。空の項目は、起動時の環境変数の値を使います。",
      en: "Whose service this is on pages, in mails and texts: name, logo, colour, contact, terms, privacy policy and sender. An empty field is as the environment says.",
    },
    takes: {
      ja: '{"name":"みなと銀行","contact":null,"terms":{"url":"https://…","version":"2026-11"},"privacy":null,"senderNumber":null,"accent":{"day":null,"night":null},"logo":null}',
      en: '{"name":"Minato Bank","contact":null,"terms":{"url":"https://…","version":"2026-11"},"privacy":null,"senderNumber":null,"accent":{"day":null,"night":null},"logo":null}',
    },
  }),
  plan: setting({
    schema: plan,
    initial: null,
    says: {
      ja: "準備の画面で計算した、月に送る通数の前提です。計算だけに使い、送信は変わりません。",
      en: "The plan of the set-up guide, from which the texts of a month are computed. It changes nothing that is sent.",
    },
    takes: {
      ja: '{"uses":["signIns"],"numbers":{"people":1000}}（やめるときは null）',
      en: '{"uses":["signIns"],"numbers":{"people":1000}}, or null',
    },
  }),
  dkimSelector: setting({
    schema: z
      .string()
      .regex(/^(?=.{1,63}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/)
      .nullable(),
    initial: null,
    says: {
      ja: "メールの署名（DKIM）のセレクタです。準備の画面が、DNS に公開されているかを確かめるときに使います。メールのサーバーの設定と同じ値を入れてください。",
      en: "The DKIM selector that your mail server signs with. The set-up guide looks it up in the DNS.",
    },
    takes: { ja: '"s1" のような文字。やめるときは null', en: 'a text such as "s1", or null for none' },
  }),
  budgetSendsPerDay: setting({
    schema: z.int().min(0).max(1_000_000_000).nullable(),
    initial: null,
    says: {
      ja: "24時間に送ってよい SMS と自動音声の電話の数です。8割で知らせ、達すると送信を止めます。一部は、確認済みの番号のために取っておきます。空のときは、設定 SENDS_PER_DAY の値です。",
      en: "The most texts and calls of 24 hours. Four fifths are told, and at its end nothing is sent; a part is kept for proven numbers. Empty, it is SENDS_PER_DAY.",
    },
    takes: { ja: "数。環境変数の値に戻すときは null", en: "a number, or null for that of the environment" },
  }),
  budgetSendsPerCountryHour: setting({
    schema: z.int().min(0).max(1_000_000_000).nullable(),
    initial: null,
    says: {
      ja: "1つの国の番号に、1時間に送ってよい SMS と自動音声の電話の数です。空のときは、設定 SENDS_PER_COUNTRY_HOUR の値です。",
      en: "The most texts and calls of one hour to the numbers of one country. Empty, it is SENDS_PER_COUNTRY_HOUR.",
    },
    takes: { ja: "数。環境変数の値に戻すときは null", en: "a number, or null for that of the environment" },
  }),
  budgetYenPerMonth: setting({
    schema: z.int().min(1).max(999_999_999).nullable(),
    initial: null,
    says: {
      ja: "SMS と自動音声の電話に、1か月に使ってよい金額（円、税抜、ご契約の単価で計算）です。8割で知らせ、達すると新しい番号への送信を止めます。確認済みの番号への送信と、ほかの方法は、止めません。",
      en: "What a month of texts and automated calls may cost in yen, without tax and at your own rates. Four fifths are told; once it is reached, new numbers get nothing. Proven numbers and other ways go on.",
    },
    takes: { ja: "円。やめるときは null", en: "yen, or null for none" },
  }),
  budgetPerCountry: setting({
    schema: countryBudgets,
    initial: [],
    says: {
      ja: "国ごとの上限です。24時間と31日間の通数、1日と1か月の費用（円、税抜、単価の分かる分）を決められます。8割で知らせます。通数に達すると、その国への送信を止めます。一部は、確認済みの番号のために取っておきます。費用に達すると、その国の新しい番号への送信を止めます。どちらも、ほかの方法は止めません。知らせるだけにもできます。",
      en: "Budgets of one country: texts and calls of 24 hours and of any 31 days, and yen of a day and of a month, without tax, where rates are known. Four fifths are told. At the end of its sends a country gets nothing more, but for the part that is kept for proven numbers; at the end of its yen, new numbers there get nothing. Other ways go on. A budget may also only alert.",
    },
    takes: {
      ja: '上限の並び。例: [{"country":"US","mode":"deny","sendsPerDay":200,"sendsPerMonth":2000,"yenPerDay":null,"yenPerMonth":20000}]。mode は "deny"（知らせて止める）か "monitor"（知らせるだけ）。決めない項目は null',
      en: 'a list of budgets, as in [{"country":"US","mode":"deny","sendsPerDay":200,"sendsPerMonth":2000,"yenPerDay":null,"yenPerMonth":20000}]; mode is "deny" (alerts and stops) or "monitor" (only alerts); null is no budget',
    },
  }),
  keepMessageDays: setting({
    schema: z.int().min(30).max(730),
    initial: 90,
    says: {
      ja: "送信の記録を、その月が終わってから残しておく日数です。月ごとにまとめて消します。",
      en: "For how many days messages are kept after their month, which is then deleted as a whole.",
    },
    takes: { ja: "30〜730", en: "30 to 730" },
  }),
  keepEventDays: setting({
    schema: z.int().min(30).max(730),
    initial: 90,
    says: {
      ja: "ほかのシステムへ知らせたイベントを残しておく日数です。届いていないものも消えます。",
      en: "For how many days events for other systems are kept, whether they were taken or not.",
    },
    takes: { ja: "30〜730", en: "30 to 730" },
  }),
  keepUsageMonths: setting({
    schema: z.int().min(4).max(120),
    initial: 26,
    says: {
      ja: "利用と費用の日ごとの数字を残しておく月数です。",
      en: "For how many months the figures of usage and cost are kept for each day.",
    },
    takes: { ja: "4〜120", en: "4 to 120" },
  }),
  requirements: setting({
    schema: z.array(rule).max(100),
    initial: [],
    says: {
      ja: "誰に、どの確認方法を、いつから求めるかの規則です。いちばん厳しい規則が使われます。",
      en: "Rules of who needs which second factor from when; the strictest one counts.",
    },
    takes: {
      ja: '規則の並び。例: [{"who":{"role":"administrator"},"factor":"passkey","from":"2027-04-01","graceDays":30}]。who は "everybody"・{"role":…}・{"group":…}、factor は "any"・"not_pstn"・"passkey"',
      en: 'a list of rules, as in [{"who":{"role":"administrator"},"factor":"passkey","from":"2027-04-01","graceDays":30}]; who is "everybody", {"role":…} or {"group":…}, factor is "any", "not_pstn" or "passkey"',
    },
  }),
};

export type SettingName = keyof typeof settings;

/** The settings that are one number. */
export type NumberSetting =
  | "signInFloorMs"
  | "budgetSendsPerDay"
  | "budgetSendsPerCountryHour"
  | "budgetYenPerMonth"
  | "keepMessageDays"
  | "keepEventDays"
  | "keepUsageMonths";

/** The values of all settings. */
export type Settings = { [N in SettingName]: z.output<(typeof settings)[N]["schema"]> };

export const settingNames = Object.keys(settings) as SettingName[];

/** Whether a text names a setting. */
export const isSetting = (name: string): name is SettingName => Object.hasOwn(settings, name);

/** Returns the stored value of a setting, or its default. A value of another version that this one cannot read counts as the default. */
export function storedAs<N extends SettingName>(name: N, stored: unknown): Settings[N] {
  const { schema, initial } = settings[name];
  if (stored === null || stored === undefined) return initial as Settings[N];
  const parsed = schema.safeParse(stored);
  return (parsed.success ? parsed.data : initial) as Settings[N];
}
