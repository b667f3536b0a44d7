import type { z } from "zod";
import type { KindWords } from "#lib/delivery/provider";
import type { karadenSecrets, karadenSettings } from "#lib/delivery/providers/karaden/settings";

/** The operator's help for an account of KARADEN. */
export const karadenWords: KindWords<keyof z.infer<typeof karadenSettings>, keyof z.infer<typeof karadenSecrets>> = {
  about: {
    ja: "空電プッシュ（KARADEN）で、日本の携帯電話に SMS を送ります。",
    en: "KARADEN: texts to Japan.",
  },
  sender: {
    ja: "0005 から始まる共通番号（8桁から10桁）、または 0 か +81 から始まる日本の電話番号。画面に表示します",
    en: "a common short number (0005 and 4 to 6 digits) or a number of Japan (0… or +81…); people are told to expect it",
  },
  settings: {
    tenantId: {
      what: { ja: "テナント ID。API のアドレスに入ります", en: "the tenant id, part of the API's address" },
      must: {
        ja: "KARADEN でテナントを選ぶと表示される ID（英数字と _ -、64文字以内）にしてください",
        en: "must be the tenant id that KARADEN shows when a tenant is chosen (letters, digits, _ and -, at most 64)",
      },
    },
    serviceId: {
      what: { ja: "送信に使うサービス設定の番号", en: "the number of the service setting that texts go out with" },
      must: { ja: "1 以上の整数にしてください", en: "must be a whole number from 1" },
    },
  },
  secrets: {
    token: {
      what: { ja: "プロジェクトのトークン", en: "the project's token" },
      must: {
        ja: "空白のない1行の ASCII 文字（512文字以内）にしてください",
        en: "must be one line of visible ASCII characters, at most 512",
      },
    },
  },
};
