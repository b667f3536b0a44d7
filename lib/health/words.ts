import type { Condition, ConditionKind } from "#lib/health/judge";

/** What an operator reads of a condition: what is wrong, and what to do now. */

/** The budgets by their names, each with a place for its country. */
const budgetNames: Record<string, Record<"ja" | "en", (country: string) => string>> = {
  sends_per_day: { ja: () => "24時間の送信の上限", en: () => "sends of 24 hours" },
  sends_per_country: { ja: (country) => `${country}への1時間の送信の上限`, en: (country) => `sends of an hour to ${country}` },
  sends_per_country_day: { ja: (country) => `${country}への24時間の送信の上限`, en: (country) => `sends of 24 hours to ${country}` },
  sends_per_country_month: { ja: (country) => `${country}への31日間の送信の上限`, en: (country) => `sends of 31 days to ${country}` },
  yen_per_month: { ja: () => "今月の費用の上限", en: () => "cost of this month" },
  yen_per_country_day: { ja: (country) => `${country}への今日の費用の上限`, en: (country) => `cost of today in ${country}` },
  yen_per_country_month: { ja: (country) => `${country}への今月の費用の上限`, en: (country) => `cost of this month in ${country}` },
};

/** Whether a budget is one of yen. */
export const isOfYen = (name: string): boolean => name.startsWith("yen_");

/** The name of a budget as people read it; `subject` is the country that it is of, as two letters (ISO 3166-1). */
export function budgetName(name: string, subject: string, locale: "ja" | "en"): string {
  const country = /^[A-Z]{2}$/.test(subject) ? (new Intl.DisplayNames(locale, { type: "region" }).of(subject) ?? subject) : subject;
  return budgetNames[name]?.[locale](country) ?? [name, subject].filter(Boolean).join(" ");
}

type Said = Record<"ja" | "en", (facts: Record<string, string | number>) => string>;
type Words = { what: Said; todo: Record<"ja" | "en", string> };

export const conditionWords: Record<ConditionKind, Words> = {
  provider_down: {
    what: {
      ja: ({ provider, channel }) => `${provider}（${channel}）に送れません。ほかの送信サービスがあれば、そちらで送っています。`,
      en: ({ provider, channel }) => `${provider} (${channel}) takes no messages. Others carry them where there are any.`,
    },
    todo: {
      ja: "npm run provider -- test で確かめ、送信サービスの障害情報をご覧ください。",
      en: "Try it with npm run provider -- test, and look at the provider’s status page.",
    },
  },
  delivery_falling: {
    what: {
      ja: ({ provider, channel, share, usual }) => `${provider}（${channel}）の到着が ${share}% に落ちています。いつもは ${usual}% です。`,
      en: ({ provider, channel, share, usual }) => `${provider} (${channel}) delivers ${share}% instead of ${usual}%.`,
    },
    todo: {
      ja: "携帯会社ごとの結果をご覧になり、送信サービスに問い合わせてください。順番を替えることもできます。",
      en: "Look at the results by carrier, and ask the provider. You can change the order of providers.",
    },
  },
  delivery_slow: {
    what: {
      ja: ({ provider, channel, seconds, usual }) =>
        `${provider}（${channel}）の到着に ${seconds}秒かかっています。いつもは ${usual}秒です。`,
      en: ({ provider, channel, seconds, usual }) => `${provider} (${channel}) takes ${seconds} seconds instead of ${usual}.`,
    },
    todo: { ja: "送信サービスの状況をご確認ください。", en: "Look at the provider’s status." },
  },
  receipts_silent: {
    what: {
      ja: ({ provider, silent, sent }) => `${provider} から配信結果が届きません（${sent}通のうち ${silent}通）。`,
      en: ({ provider, silent, sent }) => `${provider} sends no receipts (${silent} of ${sent}).`,
    },
    todo: {
      ja: "送信サービスに登録した通知先のアドレスをご確認ください。",
      en: "Check the callback address that the provider has.",
    },
  },
  unusual_volume: {
    what: {
      ja: ({ channel, now, usual }) => `この1時間の ${channel} が ${now}通です。いつもは多くて ${usual}通です。`,
      en: ({ channel, now, usual }) => `${now} messages by ${channel} within an hour; usually there are at most ${usual}.`,
    },
    todo: {
      ja: "行事やお知らせがなければ、不正な送信のおそれがあります。止めるには npm run kill を使います。",
      en: "Without an event of yours this may be fraud. npm run kill stops sending.",
    },
  },
  new_destination: {
    what: {
      ja: ({ country, sends }) => `これまで送っていなかった国（${country}）に ${sends}通送りました。`,
      en: ({ country, sends }) => `${sends} messages went to a country that got none before (${country}).`,
    },
    todo: {
      ja: "心当たりがなければ、ALLOWED_COUNTRIES から外してください。",
      en: "If you did not expect it, take it out of ALLOWED_COUNTRIES.",
    },
  },
  numbers_in_a_row: {
    what: {
      ja: () => "続き番号への送信が続いたため、その番号帯への送信を1時間止めています。",
      en: () => "Many numbers in a row were asked for, so their block gets no texts for an hour.",
    },
    todo: { ja: "不正な登録のおそれがあります。登録の記録をご覧ください。", en: "This may be fraud. Look at the sign-ups." },
  },
  budget_low: {
    what: {
      ja: ({ name, subject, used, max }) => {
        const unit = isOfYen(String(name)) ? "円" : "通";
        return `${budgetName(String(name), String(subject), "ja")} ${max}${unit}のうち、${used}${unit}を使いました。`;
      },
      en: ({ name, subject, used, max }) => {
        const unit = isOfYen(String(name)) ? "¥" : "";
        return `${unit}${used} of ${unit}${max} are used: ${budgetName(String(name), String(subject), "en")}.`;
      },
    },
    todo: {
      ja: "使い切ると、確認済みの番号のほかには送りません（知らせるだけにした上限は、送信を止めません）。必要なら「方針」の上限を増やしてください。",
      en: "Beyond it only proven numbers get texts, unless the budget only alerts. Raise it in the policy if that is needed.",
    },
  },
  queue_late: {
    what: {
      ja: ({ late }) => `${late}通が1分より長く送信を待っています。`,
      en: ({ late }) => `${late} messages have waited for more than a minute.`,
    },
    todo: {
      ja: "ワーカーが動いているか、データベースが遅くないかをご確認ください。",
      en: "Check whether workers run and whether the database is slow.",
    },
  },
  worker_idle: {
    what: {
      ja: ({ minutes }) => `ワーカーが ${minutes}分動いていません。`,
      en: ({ minutes }) => `No worker has run for ${minutes} minutes.`,
    },
    todo: { ja: "npm start か npm run worker を動かしてください。", en: "Run npm start or npm run worker." },
  },
  database_slow: {
    what: {
      ja: ({ milliseconds }) => `データベースの返事に ${milliseconds}ミリ秒かかっています。`,
      en: ({ milliseconds }) => `The database takes ${milliseconds} milliseconds for a small statement.`,
    },
    todo: { ja: "データベースの負荷と統計情報をご確認ください。", en: "Look at the load and the statistics of the database." },
  },
  cases_waiting: {
    what: {
      ja: ({ cases, hours }) => `${hours}時間以上、人の判断を待っている復旧の申請が ${cases}件あります。`,
      en: ({ cases, hours }) => `${cases} recovery cases have waited for a person for ${hours} hours or more.`,
    },
    todo: { ja: "管理の画面の「復旧申請」をご覧ください。", en: "Look at “Cases” in the console." },
  },
  audit_unverified: {
    what: {
      ja: ({ hours }) => `監査の記録が ${hours}時間、確かめられていないか、書き換えられています。`,
      en: ({ hours }) => `The audit log was not verified for ${hours} hours, or is not what was written.`,
    },
    todo: { ja: "npm run admin -- audit:verify を実行してください。", en: "Run npm run admin -- audit:verify." },
  },
  certificate_ends: {
    what: {
      ja: ({ days }) => `サイトの証明書が、あと ${days}日で切れます。`,
      en: ({ days }) => `The certificate of the site ends in ${days} days.`,
    },
    todo: {
      ja: "プロキシーで証明書の更新が動いているかをご確認ください。切れると、誰もログインできません。",
      en: "Check whether the proxy renews it. Once it has ended, nobody can sign in.",
    },
  },
  key_old: {
    what: {
      ja: ({ days }) => `確認の記録に署名する鍵を、${days}日使っています。`,
      en: ({ days }) => `The key that signs receipts has been used for ${days} days.`,
    },
    todo: { ja: "npm run keys -- rotate で、新しい鍵に替えてください。", en: "Make a new one with npm run keys -- rotate." },
  },
};

/** The sentence of a condition in a language. */
export const said = ({ kind, facts }: Pick<Condition, "kind" | "facts">, locale: "ja" | "en"): string =>
  conditionWords[kind].what[locale](facts);
