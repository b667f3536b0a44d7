/**
 * The telephone lines at which carriers in Japan stop a line that was lost. Each row was read from the carrier's own page (or a stored copy of it) and has
 * its day; a test fails for rows older than a year. A carrier whose line could not be confirmed there is left out, and the page says where to look then.
 */
type Both = { ja: string; en: string };
export type CarrierLine = {
  key: string;
  name: Both;
  /** As a person dials it in Japan. */
  number: Both;
  hours: Both;
  how: Both;
  /** Where it was read, and the day (ISO 8601). */
  source: string;
  seen: string;
};

export const carrierLines: readonly CarrierLine[] = [
  {
    key: "docomo",
    name: { ja: "ドコモ", en: "docomo" },
    number: { ja: "0120-524-360", en: "0120-524-360" },
    hours: { ja: "24時間・年中無休", en: "24 hours, every day (in Japanese)" },
    how: { ja: "ほかの携帯電話や固定電話から、無料でかけられます。", en: "Free from any other phone." },
    source: "http://www.nttdocomo.co.jp/english/support/benefit/premier/service/delivery/index.html",
    seen: "2026-11-28",
  },
  {
    key: "au",
    name: { ja: "au", en: "au" },
    number: { ja: "0077-7-111", en: "0120-959-472" },
    hours: { ja: "9時〜20時", en: "9:00–20:00 (in English)" },
    how: { ja: "au の携帯電話からは 157。どちらも無料です。", en: "Free. In Japanese: 0077-7-111, or 157 from au phones." },
    source: "https://www.au.com/english/support/faq/eloss-theft/",
    seen: "2026-11-28",
  },
  {
    key: "softbank",
    name: { ja: "ソフトバンク", en: "SoftBank" },
    number: { ja: "0800-919-0157", en: "0800-919-0157" },
    hours: { ja: "10時〜19時", en: "10:00–19:00" },
    how: {
      ja: "My SoftBank の「回線停止・解除」からも止められます。海外からは +81-92-687-0025（有料）。",
      en: "My SoftBank can stop the line too. From abroad: +81-92-687-0025 (charged).",
    },
    source: "https://www.softbank.jp/mobile/support/lost/",
    seen: "2026-11-28",
  },
  {
    key: "rakuten",
    name: { ja: "楽天モバイル", en: "Rakuten Mobile" },
    number: { ja: "0800-600-0500", en: "0800-600-0500" },
    hours: { ja: "24時間・年中無休", en: "24 hours, every day" },
    how: {
      ja: "紛失・盗難の専用ダイヤルです。my 楽天モバイルからも止められます。",
      en: "The line for lost and stolen phones. My Rakuten Mobile can stop the line too.",
    },
    source: "https://network.mobile.rakuten.co.jp/guide/sim-lost/",
    seen: "2026-11-28",
  },
];

const YEAR_MS = 365 * 86_400_000;

/** The keys of rows that were not confirmed within a year. */
export const staleLines = (now: Date, lines: readonly CarrierLine[] = carrierLines): string[] =>
  lines.filter(({ seen }) => now.getTime() - Date.parse(seen) > YEAR_MS).map(({ key, seen }) => `${key} (${seen})`);

/** The day of the oldest row. */
export const linesSeen = (): string => carrierLines.map(({ seen }) => seen).sort()[0] ?? "";
