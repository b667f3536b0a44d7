import { type FactorCounts, type FactorMethod, pstnShare } from "#lib/policy/factor-counts";
import { inWords, padded } from "./language.ts";

/** The page of `npm run policy -- factors`. */

const METHODS: Record<FactorMethod, { en: string; ja: string }> = {
  sms: { en: "SMS", ja: "SMS" },
  voice: { en: "call", ja: "自動音声の電話" },
  totp: { en: "authenticator app", ja: "認証アプリ" },
  passkey: { en: "passkey", ja: "パスキー" },
  recovery_code: { en: "recovery code", ja: "リカバリーコード" },
};

const KINDS: Record<string, { en: string; ja: string }> = {
  phone: { en: "phone", ja: "電話番号" },
  totp: METHODS.totp,
  passkey: METHODS.passkey,
  none: { en: "none", ja: "なし" },
};

/** The kinds that accounts have together, as in `passkey+phone`. */
const kindsIn = (factors: string): string => {
  const kinds = factors.split("+").map((kind) => inWords(KINDS[kind] ?? { en: kind, ja: kind }));
  return kinds.length === 1 && factors !== "none" ? inWords({ en: `${kinds[0]} alone`, ja: `${kinds[0]}のみ` }) : kinds.join(" + ");
};

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** Lines of numbers with their shares. */
function linesOf(rows: [name: string, n: number][]): string[] {
  const all = rows.reduce((sum, [, n]) => sum + n, 0);
  return rows.map(([name, n]) =>
    `  ${padded(name, 34)} ${String(n).padStart(9)} ${all === 0 ? "" : percent(n / all).padStart(8)}`.trimEnd(),
  );
}

/** How second factors were used, the share of it that rests on the telephone network, and what accounts have. */
export function factorPage({ uses, accounts }: FactorCounts): string {
  const lines: string[] = [];
  if (uses) {
    const [from, until] = [uses.from.toISOString(), uses.until.toISOString()];
    const rows = Object.entries(uses.counts) as [FactorMethod, number][];
    const share = pstnShare(uses.counts);
    lines.push(inWords({ en: `Second factors used, ${from} to ${until}`, ja: `使われた確認方法（${from} から ${until} まで）` }));
    lines.push(...linesOf(rows.map(([method, n]) => [inWords(METHODS[method]), n])));
    if (share !== null)
      lines.push(inWords({ en: `  SMS and calls: ${percent(share)}`, ja: `  SMS と自動音声の電話の割合：${percent(share)}` }));
  }
  if (accounts) {
    const rows = Object.entries(accounts.counts).sort(([, a], [, b]) => b - a);
    const at = accounts.at.toISOString();
    lines.push(inWords({ en: `Accounts by what they have, ${at}`, ja: `アカウントに登録されている方法（${at}）` }));
    lines.push(...linesOf(rows.map(([factors, n]) => [kindsIn(factors), n])));
  }
  return lines.join("\n");
}
