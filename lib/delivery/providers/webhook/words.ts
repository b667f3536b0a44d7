import type { z } from "zod";
import type { KindWords } from "#lib/delivery/provider";
import type { webhookSecrets, webhookSettings } from "#lib/delivery/providers/webhook/settings";

/** The operator's help for an account of the signed webhook. */
export const webhookWords: KindWords<keyof z.infer<typeof webhookSettings>, keyof z.infer<typeof webhookSecrets>> = {
  about: {
    ja: "署名付き Webhook で、ほかのゲートウェイから SMS と自動音声の電話を送ります（docs/webhook.md）。",
    en: "the signed webhook: texts and calls over any other gateway (docs/webhook.md).",
  },
  sender: {
    ja: "文字、数字、空白と + . - で32文字以内。そのままゲートウェイに渡し、画面に表示します",
    en: "at most 32 letters, digits, spaces, + . and -; handed to the gateway as it is, and people are told to expect it",
  },
  settings: {
    check: {
      what: {
        ja: "送信の結果を、ベース URL に /check を付けたアドレスで尋ねるか",
        en: "whether the gateway answers questions about texts, at its base URL with /check behind",
      },
      must: { ja: "true か false にしてください", en: "must be true or false" },
    },
    lookup: {
      what: {
        ja: "電話番号の種類を、ベース URL に /lookup を付けたアドレスで尋ねるか",
        en: "whether the gateway answers questions about numbers, at its base URL with /lookup behind",
      },
      must: { ja: "true か false にしてください", en: "must be true or false" },
    },
  },
  secrets: {
    secret: {
      what: { ja: "送信と結果の通知の、両方の署名に使う鍵", en: "the key that signs what goes out and what comes back" },
      must: {
        ja: "空白のない ASCII 文字で、32文字から512文字までにしてください（openssl rand -hex 32）",
        en: "must be 32 to 512 visible ASCII characters (openssl rand -hex 32)",
      },
    },
  },
};
