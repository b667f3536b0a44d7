import type { z } from "zod";
import type { Both, KindWords } from "#lib/delivery/provider";
import type { smppSecrets, smppSettings } from "#lib/delivery/providers/smpp/settings";
import { providerErrors } from "#lib/errors";

const whole = (least: number, most: number): Both => ({
  ja: `${least} から ${most} までの整数にしてください`,
  en: `must be a whole number from ${least} to ${most}`,
});
const among = (...values: string[]): Both => ({
  ja: `${values.join("、")} のどれかにしてください`,
  en: `must be one of ${values.join(", ")}`,
});

/** The operator's help for an account of an SMPP gateway. */
export const smppWords: KindWords<keyof z.infer<typeof smppSettings>, keyof z.infer<typeof smppSecrets>> = {
  about: {
    ja: "SMPP 3.4 のゲートウェイ（通信会社や、その回線を売る送信サービス）から SMS を送ります。",
    en: "SMPP 3.4: texts over the gateways of carriers and of those who sell their routes.",
  },
  sender: {
    ja: "3桁から20桁の番号、+ から始まる5桁から15桁の番号、または ASCII の英数字・空白・. - の11文字以内の名前。なければゲートウェイが選びます",
    en: "a number of 3 to 20 digits, one of 5 to 15 digits with + in front, or a name of at most 11 ASCII letters, digits, spaces, . and -; without one the gateway chooses",
  },
  settings: {
    systemId: {
      what: { ja: "ゲートウェイから渡された system_id", en: "the system_id that the gateway gave" },
      must: {
        ja: "空白のない ASCII 文字で64文字以内にしてください",
        en: "must be the system_id that the gateway gave, in visible ASCII characters, at most 64",
      },
    },
    systemType: {
      what: { ja: "ゲートウェイが求める場合の system_type", en: "the system_type, where the gateway asks for one" },
      must: { ja: "空白のない ASCII 文字で12文字以内にしてください", en: "must be at most 12 visible ASCII characters" },
    },
    bind: {
      what: {
        ja: "接続の種類。transceiver を受け付けないゲートウェイには transmitter を使います（到着結果は届きません）",
        en: "the kind of session; transmitter for gateways that know no transceivers: receipts do not come then",
      },
      must: among("transceiver", "transmitter"),
    },
    tlsServerName: {
      what: {
        ja: "証明書に書かれた名前。ベース URL のホスト名と違う場合に指定します",
        en: "the name in the gateway's certificate, where it is not the host of the base URL",
      },
      must: { ja: "ホスト名にしてください", en: "must be a host name" },
    },
    ca: {
      what: {
        ja: "ゲートウェイの証明書に署名した証明書（PEM）。公的な認証局でない場合に指定します",
        en: "the certificate (PEM) that signs the gateway's, where it is not one that is trusted everywhere",
      },
      must: {
        ja: "PEM の証明書だけにしてください。秘密鍵は入れないでください",
        en: "must be a certificate in PEM, without a private key",
      },
    },
    sourceTon: {
      what: {
        ja: "送信元の番号の種類（TON）。指定がなければ、国内番号 2、+ から始まる番号 1、名前 5 です",
        en: "the sender's type of number (TON); without it 2 for a national number, 1 with +, 5 for a name",
      },
      must: whole(0, 6),
    },
    sourceNpi: {
      what: {
        ja: "送信元の番号計画（NPI）。指定がなければ、番号 1、名前 0 です",
        en: "the sender's numbering plan (NPI); without it 1 for a number, 0 for a name",
      },
      must: whole(0, 18),
    },
    destTon: {
      what: {
        ja: "宛先の番号の種類（TON）。1 は 8190…、2 は 090… と書いて渡します（2 は日本だけ）",
        en: "the type of number of destinations (TON): 1 writes 8190…, 2 writes 090… and reaches Japan alone",
      },
      must: whole(0, 6),
    },
    destNpi: { what: { ja: "宛先の番号計画（NPI）", en: "the numbering plan of destinations (NPI)" }, must: whole(0, 18) },
    window: {
      what: {
        ja: "応答を待たずに送れる SMS の数。ゲートウェイが許す数にします",
        en: "texts without an answer at a time; as many as the gateway allows",
      },
      must: whole(1, 1000),
    },
    enquireSeconds: { what: { ja: "接続を確かめる間隔（秒）", en: "seconds between signs of life" }, must: whole(5, 3600) },
    throughput: {
      what: {
        ja: "1秒に送る SMS の上限。ワーカーごとに数えます。指定がなければ上限なし",
        en: "texts a second at most, for each worker; no limit without",
      },
      must: whole(1, 1000),
    },
    gsm7: {
      what: {
        ja: "data_coding 0 が GSM 7-bit だとゲートウェイが言う場合だけ true。英語の SMS が160文字まで1通になります",
        en: "whether the gateway says that data_coding 0 is GSM 7-bit; English texts then take one segment of 160",
      },
      must: { ja: "true か false にしてください", en: "must be true or false" },
    },
    messageIds: {
      what: {
        ja: "メッセージ ID の書き方：送信への応答と、到着結果の本文とで同じか、16進数と10進数に分かれるか。auto は結果ごとに判断します",
        en: "how message ids are written, in the answer and then in a receipt's text; auto decides for each receipt",
      },
      must: among("auto", "same", "hex-then-decimal", "decimal-then-hex"),
    },
    tlvIds: {
      what: {
        ja: "到着結果の receipted_message_id の書き方：応答と同じ（answer）か、本文と同じ（receipt）か。auto は結果ごとに判断します",
        en: "how receipted_message_id is written: as in the answer, or as in the receipt's text; auto decides for each receipt",
      },
      must: among("auto", "answer", "receipt"),
    },
    errors: {
      what: {
        ja: "到着結果に入る、ゲートウェイ独自のエラー番号の意味（007=no_sms_service,088=not_reachable など）",
        en: "the gateway's own error codes in receipts, such as 007=no_sms_service,088=not_reachable",
      },
      must: {
        ja: `番号=理由 をコンマで区切ってください。理由は ${providerErrors.join("、")} です`,
        en: `must be code=reason,…; the reasons are ${providerErrors.join(", ")}`,
      },
    },
  },
  secrets: {
    password: {
      what: { ja: "ゲートウェイから渡されたパスワード", en: "the password that the gateway gave" },
      must: {
        ja: "空白のない1行の ASCII 文字（64文字以内）にしてください",
        en: "must be one line of visible ASCII characters, at most 64",
      },
    },
  },
};
