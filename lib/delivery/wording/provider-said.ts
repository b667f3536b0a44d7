import type { Both } from "#lib/delivery/provider";
import type { NetworkFailure } from "#lib/delivery/providers/network-failure";
import type { Said } from "#lib/delivery/providers/said";

/** Pure: describes a provider's answer to a trial and its likely cause, for the terminal and for the console. */

const FAILURES: Record<NetworkFailure, Both> = {
  name_unknown: {
    en: "The host name of the base URL is not known (DNS). Check its spelling, and that this machine can look names up.",
    ja: "ベース URL のホスト名が見つかりません（DNS）。綴りと、このマシンで名前を調べられることを確認してください。",
  },
  private_address: {
    en: "The name leads into your own network, and nothing was sent. Name the host in PROVIDER_PRIVATE_HOSTS if that is meant.",
    ja: "このホスト名は社内のネットワークにつながるため、何も送っていません。使う場合は、設定 PROVIDER_PRIVATE_HOSTS にホスト名を書いてください。",
  },
  refused: {
    en: "The connection was refused: nothing listens at this host and port. Check the base URL and its port.",
    ja: "接続を拒否されました。このホストとポートでは何も動いていません。ベース URL とポートを確認してください。",
  },
  unreachable: {
    en: "There is no way to this host from here. Check the base URL, the network and the firewall.",
    ja: "このホストに到達できません。ベース URL、ネットワーク、ファイアウォールを確認してください。",
  },
  no_connection_in_time: {
    en: "No connection came about in time (5 s). A firewall may drop it, or the port speaks another protocol.",
    ja: "時間内（5秒）に接続できませんでした。ファイアウォールで止められているか、ポートが違う可能性があります。",
  },
  closed: {
    en: "The connection was closed before anything was sent. The port may want TLS, or none, or allow this machine's address first.",
    ja: "何も送らないうちに接続が切られました。TLS の有無と、このマシンのアドレスが許可されていることを確認してください。",
  },
  no_bind: {
    en: "The gateway took the connection and did not answer the bind in time (5 s). The port may speak another protocol.",
    ja: "接続できましたが、時間内（5秒）に bind への応答がありませんでした。ポートが違う可能性があります。",
  },
  certificate_unknown: {
    en: "The TLS certificate is signed by an authority that is not trusted here. With SMPP give its certificate as the setting ca.",
    ja: "TLS 証明書の発行元を信頼できません。SMPP では、発行元の証明書を設定 ca に入れてください。",
  },
  certificate_name: {
    en: "The TLS certificate is of another host name. Check the base URL (with SMPP the setting tlsServerName too).",
    ja: "TLS 証明書のホスト名が違います。ベース URL（SMPP では設定 tlsServerName も）を確認してください。",
  },
  certificate_expired: {
    en: "The TLS certificate has expired or is not valid yet. Check this machine's clock; else the provider must renew it.",
    ja: "TLS 証明書の有効期限が切れているか、まだ有効ではありません。このマシンの時計を確認してください。合っていれば、送信サービスによる更新が必要です。",
  },
  tls: {
    en: "The TLS handshake failed: what answers at this port speaks no TLS, or no version or cipher that is accepted here (TLS 1.2 or later).",
    ja: "TLS の接続を始められませんでした。このポートが TLS ではないか、使える方式（TLS 1.2 以降）がありません。",
  },
  silent: {
    en: "It was sent, and no answer came in time (5 s), or the connection was lost. It may arrive all the same.",
    ja: "送りましたが、時間内（5秒）に応答がないか、接続が切れました。届く可能性はあります。",
  },
  lost: {
    en: "It was sent, and the connection was lost before an answer. It may arrive all the same.",
    ja: "送りましたが、応答の前に接続が切れました。届く可能性はあります。",
  },
  other: {
    en: "No connection came about. Check the base URL and the network.",
    ja: "接続できませんでした。ベース URL とネットワークを確認してください。",
  },
};

/** Returns the first thing to check for an HTTP status. */
function hintOf(status: number, fields: readonly string[]): Both {
  if (status === 401)
    return {
      en: "It does not accept the secret. Give it again: change NAME --secrets.",
      ja: "秘密情報が認められていません。change NAME --secrets で入れ直してください。",
    };
  if (status === 403)
    return {
      en: "It refuses this account: a wrong secret, a right that is missing, or this machine's address is not allowed.",
      ja: "アカウントが拒否されました。秘密情報、権限、接続元アドレスの許可を確認してください。",
    };
  if (status === 404 || status === 405)
    return {
      en: "It knows no such address. Check the base URL, and the settings that are part of it (tenantId, accountSid).",
      ja: "そのアドレスは存在しません。ベース URL と、アドレスに入る設定（tenantId、accountSid）を確認してください。",
    };
  if (status === 429) return { en: "Too much at once; wait and try again.", ja: "送りすぎです。時間をおいてから試してください。" };
  if (status >= 300 && status < 400)
    return {
      en: "It leads to another address, which is not followed. Enter the final one as base URL.",
      ja: "ほかのアドレスに転送されました。転送先には送りません。最終的なアドレスをベース URL に入れてください。",
    };
  if (status >= 500)
    return { en: "The trouble is the provider's own; try again later.", ja: "送信サービス側の障害です。時間をおいてから試してください。" };
  if (status >= 400)
    return fields.length > 0
      ? {
          en: "It does not accept the fields named. Check the settings and the sender that they stand for.",
          ja: "上記の項目が認められていません。対応する設定と送信元を確認してください。",
        }
      : {
          en: "It refuses this text or call. The provider's manual explains its code.",
          ja: "この送信は拒否されました。番号の意味は、送信サービスの説明書で確認してください。",
        };
  return {
    en: "Its answer is not one of this kind of provider. Check the base URL and the kind.",
    ja: "この種類の送信サービスの応答ではありません。ベース URL と種類を確認してください。",
  };
}

function httpWords({ status, code, fields }: Extract<Said, { by: "http" }>): Both {
  const named = fields.join(", ");
  const hint = hintOf(status, fields);
  return {
    en: `The provider answered HTTP ${status}, ${code ? `error code ${code}` : "no error code"}${named ? `, fields: ${named}` : ""}.\n${hint.en}`,
    ja: `送信サービスの応答：HTTP ${status}、${code ? `エラー番号 ${code}` : "エラー番号なし"}${named ? `、項目：${named}` : ""}\n${hint.ja}`,
  };
}

/** Names of SMPP 3.4 (5.1.3) and hints for the statuses that a wrong configuration causes. */
const STATUSES: Record<number, [name: string, hint: Both]> = {
  2: ["ESME_RINVCMDLEN", { en: "The gateway cannot read the frame.", ja: "ゲートウェイが電文を読めません。" }],
  3: [
    "ESME_RINVCMDID",
    {
      en: "It does not know this kind of bind or text: try bind=transmitter.",
      ja: "この種類の bind か送信を受け付けません。bind=transmitter を試してください。",
    },
  ],
  4: ["ESME_RINVBNDSTS", { en: "The session may not send.", ja: "この接続では送信できません。" }],
  5: [
    "ESME_RALYBND",
    { en: "The system_id is bound already: ask for more binds.", ja: "system_id はすでに接続中です。接続数の追加を依頼してください。" },
  ],
  8: ["ESME_RSYSERR", { en: "The trouble is the gateway's own.", ja: "ゲートウェイ側の障害です。" }],
  10: [
    "ESME_RINVSRCADR",
    {
      en: "The sender is not accepted: check --sender, sourceTon and sourceNpi.",
      ja: "送信元が認められていません。--sender、sourceTon、sourceNpi を確認してください。",
    },
  ],
  11: [
    "ESME_RINVDSTADR",
    {
      en: "The number is not accepted: check destTon and destNpi.",
      ja: "宛先の番号が認められていません。destTon と destNpi を確認してください。",
    },
  ],
  13: [
    "ESME_RBINDFAIL",
    {
      en: "The bind failed: check systemId, password, systemType, and whether this machine's address is allowed.",
      ja: "bind に失敗しました。systemId、password、systemType、接続元アドレスの許可を確認してください。",
    },
  ],
  14: [
    "ESME_RINVPASWD",
    {
      en: "The password is not accepted. Give it again: change NAME --secrets.",
      ja: "パスワードが認められていません。change NAME --secrets で入れ直してください。",
    },
  ],
  15: [
    "ESME_RINVSYSID",
    {
      en: "The system_id is not known: check the setting systemId.",
      ja: "system_id が認められていません。設定 systemId を確認してください。",
    },
  ],
  20: [
    "ESME_RMSGQFUL",
    { en: "The gateway's queue is full; try again.", ja: "ゲートウェイの待ち行列がいっぱいです。時間をおいてから試してください。" },
  ],
  69: ["ESME_RSUBMITFAIL", { en: "The gateway refuses the text.", ja: "ゲートウェイが送信を拒否しました。" }],
  72: ["ESME_RINVSRCTON", { en: "Check the setting sourceTon.", ja: "設定 sourceTon を確認してください。" }],
  73: ["ESME_RINVSRCNPI", { en: "Check the setting sourceNpi.", ja: "設定 sourceNpi を確認してください。" }],
  80: ["ESME_RINVDSTTON", { en: "Check the setting destTon.", ja: "設定 destTon を確認してください。" }],
  81: ["ESME_RINVDSTNPI", { en: "Check the setting destNpi.", ja: "設定 destNpi を確認してください。" }],
  83: ["ESME_RINVSYSTYP", { en: "Check the setting systemType.", ja: "設定 systemType を確認してください。" }],
  88: ["ESME_RTHROTTLED", { en: "Too much at once: set throughput.", ja: "送りすぎです。設定 throughput を指定してください。" }],
};

function smppWords({ to, status }: Extract<Said, { by: "smpp" }>): Both {
  const number = `0x${status.toString(16).toUpperCase().padStart(2, "0")}`;
  const [name, hint] = STATUSES[status] ?? [
    "",
    { en: "The gateway's manual explains its status.", ja: "番号の意味は、ゲートウェイの説明書で確認してください。" },
  ];
  const whole = name ? `${number} (${name})` : number;
  const wide = name ? `${number}（${name}）` : number;
  return {
    en: `The gateway answered the ${to === "bind" ? "bind" : "text"} with SMPP status ${whole}.\n${hint.en}`,
    ja: `${to === "bind" ? "bind への" : "送信への"}ゲートウェイの応答：SMPP ステータス ${wide}\n${hint.ja}`,
  };
}

const OURS: Record<Extract<Said, { by: "us" }>["why"], Both> = {
  no_sender: {
    en: "Nothing was sent: the account has no sender. Give one with change NAME --sender (Twilio texts: or messagingServiceSid).",
    ja: "送信していません。送信元がありません。change NAME --sender で指定してください（Twilio の SMS では messagingServiceSid も使えます）。",
  },
  address_unreachable: {
    en: "Nothing was sent: the provider could not ask this site what to say, as APP_URL is an address of this machine alone.",
    ja: "送信していません。APP_URL がこのマシンの中だけのアドレスなので、読み上げる内容を送信サービスが取得できません。",
  },
  fault: {
    en: "Nothing is known of it: this program failed in the middle. Please report that with the kind of the provider.",
    ja: "結果は分かりません。このプログラムに不具合があります。送信サービスの種類とあわせて報告してください。",
  },
};

/** Describes a provider's answer in one or two lines. Of the provider's own text it contains only the error code and the field names. */
export function saidInWords(said: Said): Both {
  switch (said.by) {
    case "http":
      return httpWords(said);
    case "smpp":
      return smppWords(said);
    case "network":
      return FAILURES[said.failure];
    case "us":
      return OURS[said.why];
  }
}
