import type { z } from "zod";
import type { KindWords } from "#lib/delivery/provider";
import type { awsSecrets, awsSettings } from "#lib/delivery/providers/aws/settings";

/** The operator's help for an account of AWS. */
export const awsWords: KindWords<keyof z.infer<typeof awsSettings>, keyof z.infer<typeof awsSecrets>> = {
  about: {
    ja: "AWS End User Messaging で、各国に SMS を送ります。",
    en: "AWS End User Messaging: texts to every country that the AWS account is allowed.",
  },
  sender: {
    ja: "国番号から書いた電話番号、3桁以上の短い番号、または英字を含む11文字以内の送信者 ID（英数字と _ -）。プールや ARN は設定 originationIdentity に入れます",
    en: "a number in international form, a short code, or a sender id of 1 to 11 ASCII letters, digits, _ and - with a letter in it; a pool or an ARN is the setting originationIdentity",
  },
  settings: {
    region: {
      what: { ja: "送信に使うリージョン", en: "the region that texts leave from" },
      must: { ja: "ap-northeast-1 のようなリージョンの名前にしてください", en: "must be the name of a region, such as ap-northeast-1" },
    },
    accessKeyId: {
      what: {
        ja: "sms-voice:SendTextMessage だけを許可した、IAM のアクセスキー ID",
        en: "the access key id of an IAM user that may do sms-voice:SendTextMessage and nothing else",
      },
      must: { ja: "英大文字と数字で16文字以上にしてください", en: "must be 16 or more capital letters and digits" },
    },
    originationIdentity: {
      what: {
        ja: "SMS をこの番号、送信者 ID、プール（ID か ARN）から送ります。指定がなければ送信元を使います",
        en: "texts leave from this number, sender id or pool (id or ARN); without it from the sender",
      },
      must: {
        ja: "256文字以内の英数字と _ : / + - にしてください",
        en: "must be at most 256 letters, digits and _ : / + -",
      },
    },
    configurationSet: {
      what: {
        ja: "結果をトピックに通知する設定セット。topicArn を指定するときは必須です",
        en: "the configuration set whose event destination is the topic; needed with topicArn",
      },
      must: {
        ja: "設定セットの名前か ARN にしてください。topicArn を指定するときは必須です",
        en: "must be the name or ARN of a configuration set; topicArn needs one",
      },
    },
    topicArn: {
      what: {
        ja: "結果を通知する SNS トピック。SignatureVersion を 2 にしたものを使います。ほかのトピックからの通知は受け付けません",
        en: "the SNS topic that reports, with its attribute SignatureVersion set to 2; no other topic is believed",
      },
      must: {
        ja: "arn:aws:sns: から始まるトピックの ARN にしてください",
        en: "must be the ARN of a topic, arn:aws:sns:…",
      },
    },
  },
  secrets: {
    secretAccessKey: {
      what: { ja: "設定 accessKeyId のシークレットアクセスキー", en: "the secret access key of the setting accessKeyId" },
      must: {
        ja: "空白のない ASCII 文字（128文字以内）にしてください",
        en: "must be visible ASCII characters, at most 128",
      },
    },
  },
};
