import type { z } from "zod";
import type { KindWords } from "#lib/delivery/provider";
import type { infobipSecrets, infobipSettings } from "#lib/delivery/providers/infobip/settings";

/** The operator's help for an account of NTT CPaaS or Infobip. */
export const infobipWords: KindWords<keyof z.infer<typeof infobipSettings>, keyof z.infer<typeof infobipSecrets>> = {
  about: {
    ja: "NTT CPaaS（Infobip の SMS API）で、契約した国に SMS を送ります。",
    en: "NTT CPaaS, which is the SMS API of Infobip: texts to every country of the contract.",
  },
  sender: {
    ja: "3桁から15桁の番号、または英字を含む3文字から11文字の名前（英数字と空白）。NTT CPaaS に登録した送信元を入れます",
    en: "a number of 3 to 15 digits, or a name of 3 to 11 ASCII letters, digits and spaces with a letter in it; as registered with the provider",
  },
  settings: {},
  secrets: {
    apiKey: {
      what: {
        ja: "API キー。SMS の送信と、送信記録の参照が許可されたものが必要です",
        en: "the API key; it must be allowed to send texts and to read their logs",
      },
      must: {
        ja: "空白のない1行の ASCII 文字（512文字以内）にしてください",
        en: "must be one line of visible ASCII characters, at most 512",
      },
    },
  },
};
