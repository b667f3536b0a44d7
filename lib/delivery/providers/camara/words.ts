import type { z } from "zod";
import type { Both, KindWords } from "#lib/delivery/provider";
import type { camaraSecrets, camaraSettings } from "#lib/delivery/providers/camara/settings";

const path: Both = {
  ja: "sim-swap/v2 のような、ベース URL の後に続くパスにしてください。simSwap、numberRecycling、callForwarding のうち1つ以上が必要です",
  en: "must be a path behind the base URL, such as sim-swap/v2; one of simSwap, numberRecycling and callForwarding is needed",
};

/** The operator's help for an account of CAMARA. */
export const camaraWords: KindWords<keyof z.infer<typeof camaraSettings>, keyof z.infer<typeof camaraSecrets>> = {
  about: {
    ja: "CAMARA の API で、認証コードを送る前に番号の変化を携帯会社に尋ねます。準備はできていますが、日本の携帯会社の提供条件は確認できていません。何も送りません。",
    en: "CAMARA: asks the networks about a number before a code goes to it. Ready, not available: no Japanese operator's terms could be verified. It carries no texts or calls.",
  },
  sender: { ja: "使いません", en: "left out, as nothing is sent" },
  settings: {
    tokenUrl: {
      what: { ja: "アクセストークンを発行するアドレス（client credentials）", en: "where access tokens come from (client credentials)" },
      must: { ja: "https の URL にしてください", en: "must be a URL with https" },
    },
    clientId: {
      what: { ja: "契約で渡されたクライアント ID", en: "the client id of the contract" },
      must: { ja: "空白のない ASCII 文字（256文字以内）にしてください", en: "must be visible ASCII characters, at most 256" },
    },
    simSwap: {
      what: { ja: "SIM Swap の場所。指定すると、SIM の入れ替わりを尋ねます", en: "where SIM Swap is; with it SIM changes are asked about" },
      must: path,
    },
    numberRecycling: {
      what: {
        ja: "Number Recycling の場所。指定すると、登録のあとに契約者が変わったかを尋ねます",
        en: "where Number Recycling is; with it another subscriber since the proof is asked about",
      },
      must: path,
    },
    callForwarding: {
      what: {
        ja: "Call Forwarding Signal の場所。指定すると、自動音声の電話の前に転送の設定を尋ねます",
        en: "where Call Forwarding Signal is; with it forwarding is asked about before a call",
      },
      must: path,
    },
  },
  secrets: {
    clientSecret: {
      what: { ja: "設定 clientId の秘密の値", en: "the secret of the setting clientId" },
      must: { ja: "空白のない ASCII 文字（512文字以内）にしてください", en: "must be visible ASCII characters, at most 512" },
    },
  },
};
