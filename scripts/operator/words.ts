import { oneLine, shownSettings } from "#lib/delivery/provider-accounts/shown-settings";
import type { ListedProviderAccount } from "#lib/delivery/provider-accounts/store";
import { inWords, padded } from "./language.ts";

/** The usage text of `npm run provider` and its description of an account. */

const ENGLISH = `npm run provider -- add NAME --kind KIND [options]      enter an account; secrets as below
npm run provider -- change NAME [options]               change what is named; with --secrets its secrets too
npm run provider -- list [NAME] [--json]                the accounts in the order in which texts ask them
npm run provider -- kinds [KIND]                        the kinds; one with its settings, secrets and sender explained
npm run provider -- test NAME +8190… [--channel voice] [--wait 60]   a real text or call through this account, followed to its receipt
npm run provider -- order NAME [NAME …] [--channel sms|voice] [--country JP]   these first, in this order
npm run provider -- disable|enable|remove NAME

Options: --channels sms,voice  --countries JP,US|*  --order N  --weight 1-100  --price YEN  --sender NUMBER  --base-url URL  --set name=value …
A secret called authToken is asked for at a terminal, or read from PROVIDER_AUTH_TOKEN, or from a line authToken=… of standard input.`;

const JAPANESE = `npm run provider -- add NAME --kind KIND [オプション]    送信サービスを登録します（秘密情報は下記）
npm run provider -- change NAME [オプション]             指定した項目を変えます。--secrets で秘密情報も変えます
npm run provider -- list [NAME] [--json]                登録されている送信サービスを、使う順に表示します
npm run provider -- kinds [KIND]                        種類の一覧。種類を指定すると、設定・秘密情報・送信元を説明します
npm run provider -- test NAME +8190… [--channel voice] [--wait 60]   SMS か自動音声の電話を実際に送り、結果まで確かめます
npm run provider -- order NAME [NAME …] [--channel sms|voice] [--country JP]   この順で最初に使います
npm run provider -- disable|enable|remove NAME

オプション: --channels sms,voice  --countries JP,US|*  --order N  --weight 1-100  --price 円  --sender 番号  --base-url URL  --set 名前=値 …
秘密情報（たとえば authToken）は、端末で入力するか、環境変数 PROVIDER_AUTH_TOKEN か、標準入力の行 authToken=… で渡します。`;

export const usage = (): string => inWords({ en: ENGLISH, ja: JAPANESE });

const channelsOf = (line: ListedProviderAccount) =>
  [...new Set(line.routes.map((route) => route.channel))].map((channel) => {
    const routes = line.routes.filter((route) => route.channel === channel);
    const countries = routes.map((route) => `${route.country}${route.weight > 1 ? `×${route.weight}` : ""}`).join(", ");
    const places = [...new Set(routes.map((route) => route.position))].join(", ");
    const name = channel.toLowerCase();
    return inWords({ en: `${name} to ${countries} at ${places}`, ja: `${name} → ${countries}（順番 ${places}）` });
  });

const downOf = ({ channel, until, reason }: ListedProviderAccount["down"][number]) => {
  const name = channel.toLowerCase();
  return inWords({ en: `${name} down until ${until} (${reason})`, ja: `${name} は ${until} まで外されています（${reason}）` });
};

function stateOf(line: ListedProviderAccount): string {
  if (line.disabled) return inWords({ en: "disabled", ja: "無効" });
  return line.down.length > 0 ? line.down.map(downOf).join("; ") : inWords({ en: "in use", ja: "使用中" });
}

function secretsOf({ secrets }: ListedProviderAccount): string {
  if (secrets.length === 0) return "";
  if (secrets.includes("unreadable")) return inWords({ en: "cannot be read with these APP_KEYS", ja: "今の APP_KEYS では読めません" });
  const names = secrets.join(", ");
  return inWords({ en: `sealed (${names})`, ja: `暗号化して保存（${names}）` });
}

/** Describes an account in a block of lines; secrets by name only, certificates by subject and expiry date. */
export function describe(line: ListedProviderAccount): string {
  const price = line.price ?? "";
  const settings = Object.entries(shownSettings(line.settings)).map(([name, value]) => `${name}=${oneLine(String(value))}`);
  const rows: [en: string, ja: string, value: string][] = [
    ["state", "状態", stateOf(line)],
    ["routes", "経路", channelsOf(line).join("; ") || inWords({ en: "none", ja: "なし" })],
    ["sender", "送信元", line.sender ?? ""],
    ["price", "料金", price && inWords({ en: `${price} yen per segment`, ja: `1通 ${price}円` })],
    ["base URL", "ベース URL", line.baseUrl ?? ""],
    ["settings", "設定", settings.join(" ")],
    ["secrets", "秘密情報", secretsOf(line)],
    ["receipts", "通知先", line.receipts ?? ""],
  ];
  const body = rows.filter(([, , value]) => value !== "").map(([en, ja, value]) => `  ${padded(inWords({ en, ja }), 10)} ${value}`);
  return [`${line.name}  ${line.kind}`, ...body].join("\n");
}

/** Returns an account as `list --json` prints it. */
export const asJson = (line: ListedProviderAccount) => ({ ...line, settings: shownSettings(line.settings) });
