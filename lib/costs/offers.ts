/** Pure: what providers in Japan offer, by the questions of the founding article; every fact has its source, the date of the page and the day it was seen. */

/** Whether a fact can be relied on: printed by the provider itself, by a third party, or told on request alone. */
export type Mark = "printed" | "second_hand" | "on_request";

/** A fact with its source; `page` is the date that the page shows, `seen` the day it was read, ISO 8601. */
export type Fact<T> = { value: T; mark: Mark; source: string; page: string | null; seen: string };

/** Yen for one segment from a number of segments in a month on; tax excluded. */
export type Tier = { from: number; yen: number };

/** The questions by which providers are compared, beside their prices; null is what could not be found. */
export type Offer = {
  name: string;
  /** The kind of adapter that carries it; null where the webhook and a bridge do. */
  kind: "karaden" | "twilio" | "infobip" | "aws" | null;
  /** A direct route to the carriers in Japan (国内直収). */
  domesticRoute: Fact<boolean> | null;
  voice: Fact<boolean> | null;
  receipts: Fact<boolean> | null;
  /** API and console. */
  console: Fact<boolean> | null;
  intrusionDetection: Fact<boolean> | null;
  encryptedAtRest: Fact<boolean> | null;
  supportHours: Fact<string> | null;
  /** Months. */
  minimumTerm: Fact<number> | null;
  /** Yen once, without tax. */
  initialFee: Fact<number> | null;
  /** Yen a month, without tax. */
  monthlyFee: Fact<number> | null;
  tiers: Fact<Tier[]> | null;
  /** Whether a text that does not arrive costs as well. */
  chargedWhenUndelivered: Fact<boolean> | null;
};

const SEEN = "2026-11-24";
const printed = <T>(value: T, source: string, page: string | null = null): Fact<T> => ({
  value,
  mark: "printed",
  source,
  page,
  seen: SEEN,
});
const secondHand = <T>(value: T, source: string, page: string | null = null): Fact<T> => ({
  value,
  mark: "second_hand",
  source,
  page,
  seen: SEEN,
});

const unknown = {
  domesticRoute: null,
  voice: null,
  receipts: null,
  console: null,
  intrusionDetection: null,
  encryptedAtRest: null,
  supportHours: null,
  minimumTerm: null,
  initialFee: null,
  monthlyFee: null,
  tiers: null,
  chargedWhenUndelivered: null,
} satisfies Partial<Offer>;

const KARADEN_API = "https://prg-support.karaden.jp/";

/** The offers, in the order of their names. */
export const offers: readonly Offer[] = [
  {
    ...unknown,
    name: "空電プッシュ（KARADEN）",
    kind: "karaden",
    voice: printed(false, KARADEN_API),
    receipts: printed(true, KARADEN_API),
    console: printed(true, KARADEN_API),
  },
  { ...unknown, name: "絶対リーチ!（AOSSMS）", kind: null, receipts: secondHand(true, "https://doc.aossms.com/") },
  {
    ...unknown,
    name: "AWS End User Messaging",
    kind: "aws",
    voice: printed(true, "https://docs.aws.amazon.com/sms-voice/"),
    receipts: printed(true, "https://docs.aws.amazon.com/sms-voice/"),
    chargedWhenUndelivered: secondHand(true, "https://docs.aws.amazon.com/sms-voice/"),
  },
  {
    ...unknown,
    name: "Cuenote SMS",
    kind: null,
    initialFee: printed(0, "https://www.cuenote.jp/library/marketing/send-sms-fee.html", "2024-02-16"),
    tiers: printed([{ from: 0, yen: 6 }], "https://www.cuenote.jp/library/marketing/send-sms-fee.html", "2024-02-16"),
  },
  { ...unknown, name: "KDDI Message Cast", kind: null },
  { ...unknown, name: "メディアSMS", kind: null },
  { ...unknown, name: "NTT CPaaS", kind: "infobip", receipts: printed(true, "https://ib.nttcpaas.com/docs/") },
  {
    ...unknown,
    name: "sms-biz.jp",
    kind: null,
    initialFee: secondHand(0, "https://sms-biz.jp/"),
    monthlyFee: secondHand(0, "https://sms-biz.jp/"),
  },
  {
    ...unknown,
    name: "Twilio",
    kind: "twilio",
    voice: printed(true, "https://www.twilio.com/docs/voice"),
    receipts: printed(true, "https://www.twilio.com/docs/messaging"),
    console: printed(true, "https://www.twilio.com/docs/messaging"),
  },
];

/** A year, after which a row says that it is old. */
const YEAR_MS = 365 * 86_400_000;

/** Whether a fact is older than a year: by the date of its page or, where it shows none, by the day it was seen. */
export const isOld = ({ page, seen }: Pick<Fact<unknown>, "page" | "seen">, now: Date): boolean =>
  now.getTime() - Date.parse(page ?? seen) > YEAR_MS;

/** The tiers of an offer that may be printed as a cost: its own price list alone. */
export const printedTiers = ({ tiers }: Offer): Tier[] | null => (tiers?.mark === "printed" ? tiers.value : null);
