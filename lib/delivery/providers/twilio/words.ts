import type { z } from "zod";
import type { KindWords } from "#lib/delivery/provider";
import type { twilioSecrets, twilioSettings } from "#lib/delivery/providers/twilio/settings";

const line = {
  ja: "空白のない1行の ASCII 文字（512文字以内）にしてください",
  en: "must be one line of visible ASCII characters, at most 512",
};
const sid = (prefix: string) => ({
  ja: `${prefix} と16進数32桁にしてください`,
  en: `must be ${prefix} and 32 hexadecimal digits`,
});
const voice = (language: string) => ({
  ja: `Polly の標準かニューラルの声、または Google.${language} の Standard、Wavenet、Neural2 の声にしてください`,
  en: `must be a Polly standard or neural voice, or a Standard, Wavenet or Neural2 one of Google.${language}`,
});

/** The operator's help for an account of Twilio. */
export const twilioWords: KindWords<keyof z.infer<typeof twilioSettings>, keyof z.infer<typeof twilioSecrets>> = {
  about: {
    ja: "Twilio で、各国に SMS と自動音声の電話を送ります。",
    en: "Twilio: texts and calls to every country that the Twilio account is allowed.",
  },
  sender: {
    ja: "国番号から書いた電話番号（+12025550100 など）、または英字を含む11文字以内の名前（英数字と空白）。自動音声の電話には電話番号が必要です。Messaging Service は設定 messagingServiceSid に入れます",
    en: "a number in international form (+12025550100), or a name of 1 to 11 ASCII letters, digits and spaces with a letter in it. Calls need a number; a Messaging Service is the setting messagingServiceSid",
  },
  settings: {
    accountSid: {
      what: { ja: "Twilio のアカウントの SID", en: "the Twilio account, from the front page of its console" },
      must: sid("AC"),
    },
    messagingServiceSid: {
      what: {
        ja: "SMS をこの Messaging Service から送ります。送信元もそこで選ばれます",
        en: "texts go out through this Messaging Service, which picks its own sender",
      },
      must: sid("MG"),
    },
    apiKeySid: {
      what: {
        ja: "Auth Token の代わりにこの API キーで送ります。秘密情報 apiKeySecret と組で使います",
        en: "sends with this API key instead of the auth token; only together with the secret apiKeySecret",
      },
      must: sid("SK"),
    },
    edge: {
      what: {
        ja: "Twilio への入り口の場所。日本への自動音声の電話は、指定がなければ tokyo です",
        en: "the place Twilio is entered at; without it calls to Japan go in through tokyo",
      },
      must: {
        ja: "tokyo のようなエッジの名前にしてください。us1 以外の region には edge も必要です",
        en: "must be the name of an edge location, such as tokyo; a region other than us1 needs one",
      },
    },
    region: {
      what: { ja: "Twilio が処理する地域。指定がなければ us1 です", en: "where Twilio processes; without it us1" },
      must: { ja: "us1 のような地域の名前にしてください", en: "must be the name of a region, such as us1" },
    },
    voiceJa: {
      what: { ja: "日本語の声。指定がなければ Polly.Mizuki です", en: "the Japanese voice; without it Polly.Mizuki" },
      must: voice("ja-JP"),
    },
    voiceEn: {
      what: { ja: "英語の声。指定がなければ Polly.Joanna です", en: "the English voice; without it Polly.Joanna" },
      must: voice("en-US"),
    },
    retention: {
      what: {
        ja: "discard にすると、本文と電話番号を Twilio の記録に残しません。Twilio の Message Redaction が必要です",
        en: "with discard texts and numbers stay out of Twilio's records; the Twilio account needs Message Redaction for it",
      },
      must: { ja: "keep か discard にしてください", en: "must be keep or discard" },
    },
  },
  secrets: {
    authToken: {
      what: {
        ja: "Auth Token。API キーで送る場合も、通知の署名を確かめるために必要です",
        en: "the auth token; needed with an API key too, as Twilio signs its callbacks with it",
      },
      must: line,
    },
    apiKeySecret: { what: { ja: "設定 apiKeySid の秘密の値", en: "the secret of the setting apiKeySid" }, must: line },
  },
};
