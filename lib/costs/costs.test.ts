import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compare, estimate, monthlyYen, type Plan, priceAt } from "#lib/costs/estimate";
import { type Day, forecastMonth } from "#lib/costs/forecast";
import { isOld, type Offer, offers, printedTiers } from "#lib/costs/offers";
import { NAMED_IDS, readInvoice, reconcile } from "#lib/costs/reconcile";

const plan: Plan = { people: 12_000, signUps: 900, signIns: 4, byText: 0.8, payments: 0, resets: 0.01, again: 0.05, byCall: 0.03 };

describe("The offers", () => {
  const facts = (offer: Offer) =>
    Object.values(offer).flatMap((value) => (value && typeof value === "object" && "seen" in value ? [value] : []));

  it("name for every fact a source by https, a day it was seen, and a page that is not younger than that", () => {
    for (const offer of offers)
      for (const { source, page, seen } of facts(offer)) {
        expect(source, offer.name).toMatch(/^https:\/\//);
        expect(Number.isNaN(Date.parse(seen))).toBe(false);
        if (page) expect(page <= seen).toBe(true);
      }
  });

  it("are each named once, and sorted for nobody's advantage", () =>
    expect(new Set(offers.map(({ name }) => name)).size).toBe(offers.length));

  it("print no cost that the provider itself does not print", () => {
    for (const offer of offers) if (offer.tiers && offer.tiers.mark !== "printed") expect(printedTiers(offer), offer.name).toBeNull();
    expect(offers.some((offer) => printedTiers(offer) !== null)).toBe(true);
  });

  it.each([
    ["a page of the year before last", { page: "2024-02-16", seen: "2026-11-24" }, true],
    ["a page without a date that was seen this week", { page: null, seen: "2026-11-24" }, false],
    ["a page without a date that was seen long ago", { page: null, seen: "2025-11-01" }, true],
  ])("call %s old or not", (_, fact, old) => expect(isOld(fact, new Date("2026-11-28"))).toBe(old));
});

describe("The estimate of a month", () => {
  it("adds what is asked, what is asked again and the notices, line by line", () => {
    const { lines, codes, texts, calls } = estimate(plan);
    expect(lines.map(({ what, codes: one }) => [what, one])).toEqual([
      ["signUps", 900],
      ["signIns", 38_400],
      ["payments", 0],
      ["resets", 120],
      ["again", 1971],
      ["notices", 120],
    ]);
    expect([codes, calls, texts]).toEqual([41_391, 1242, 40_269]);
  });

  it("never has more texts and calls than codes and notices, whatever is planned", () =>
    fc.assert(
      fc.property(
        fc.record({
          people: fc.nat(1_000_000),
          signUps: fc.nat(100_000),
          signIns: fc.nat(60),
          byText: fc.double({ min: 0, max: 1, noNaN: true }),
          payments: fc.nat(20),
          resets: fc.double({ min: 0, max: 1, noNaN: true }),
          again: fc.double({ min: 0, max: 1, noNaN: true }),
          byCall: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        (any) => {
          const { codes, texts, calls, lines } = estimate(any);
          const notices = lines.find(({ what }) => what === "notices")?.codes ?? 0;
          expect(texts + calls).toBe(codes + notices);
          expect(Math.min(texts, calls)).toBeGreaterThanOrEqual(0);
        },
      ),
    ));
});

describe("A price by tiers", () => {
  const tiers = [
    { from: 0, yen: 10 },
    { from: 1000, yen: 8 },
  ];
  it.each([
    [0, 10],
    [999, 10],
    [1000, 8],
  ])("of %i segments is that of the tier they reach", (segments, yen) => expect(priceAt(tiers, segments)).toBe(yen));

  it("is none below the first tier", () => expect(monthlyYen({ tiers: [{ from: 500, yen: 5 }] }, 499)).toBeNull());
  it("has its monthly fee", () => expect(monthlyYen({ tiers, monthlyFee: 1000 }, 100)).toBe(2000));

  it("finds the plan that would have been cheapest over some months", () =>
    expect(
      compare(
        [
          { name: "flat", tiers: [{ from: 0, yen: 9 }] },
          { name: "tiered", tiers },
          { name: "large alone", tiers: [{ from: 100_000, yen: 1 }] },
        ],
        [900, 1100, 1200],
      ),
    ).toEqual([
      { name: "tiered", yen: 9000 + 8800 + 9600 },
      { name: "flat", yen: 28_800 },
    ]));
});

describe("The forecast of a month", () => {
  const days = (count: number, yen: (index: number) => number, end = "2026-11-14"): Day[] =>
    Array.from({ length: count }, (_, index) => {
      const at = new Date(Date.parse(`${end}T00:00:00Z`) - (count - 1 - index) * 86_400_000);
      return { day: at.toISOString().slice(0, 10), yen: yen(index) };
    });

  it("says nothing before there is a week of days", () =>
    expect(
      forecastMonth(
        days(7, () => 100),
        "2026-11-14",
      ),
    ).toBeNull());

  it("of days that are all alike is certain", () =>
    expect(
      forecastMonth(
        days(60, () => 100),
        "2026-11-14",
      ),
    ).toEqual({ spent: 1400, expected: 3000, low: 3000, high: 3000 }));

  it("gives weekends their own price", () => {
    const weekly = days(60, (index) => index).map(({ day }) => ({
      day,
      yen: [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay()) ? 0 : 100,
    }));
    expect(forecastMonth(weekly, "2026-11-14")?.expected).toBe(2100);
  });

  it("has a range around what it expects that is never below what was spent", () =>
    fc.assert(
      fc.property(fc.array(fc.nat(10_000), { minLength: 60, maxLength: 60 }), (yen) => {
        const found = forecastMonth(
          days(60, (index) => yen[index] ?? 0),
          "2026-11-14",
        );
        if (!found) throw new Error("sixty days are enough");
        expect(found.low).toBeLessThanOrEqual(found.expected);
        expect(found.high).toBeGreaterThanOrEqual(found.expected);
        expect(found.low).toBeGreaterThanOrEqual(found.spent);
      }),
    ));
});

describe("An invoice", () => {
  it("is read by the names of its columns in either language, with a mark of order and quotes", () =>
    expect(readInvoice('\uFEFF送信日,メッセージID,通数,金額\r\n2026/11/01,"a,1",2,"1,016円"\n')).toEqual({
      charged: [{ day: "2026-11-01", id: "a,1", segments: 2, yen: 1016 }],
    }));
  it.each([
    ["a column is missing", "day,id,yen\n", { problem: "columns", lines: [1] }],
    ["a day cannot be read", "day,id,segments,yen\n01.11.2026,a,1,8\n", { problem: "lines", lines: [2] }],
    ["a number is none", "day,id,segments,yen\n2026-11-01,a,1,8\n2026-11-01,b,one,8\n", { problem: "lines", lines: [3] }],
  ])("is refused at its line where %s", (_, text, problem) => expect(readInvoice(text)).toEqual(problem));

  it("differs from our receipts by day and reason, and the sum of the differences is that of the totals", () => {
    const own = [
      { day: "2026-11-01", id: "a", segments: 1, yen: 8 },
      { day: "2026-11-01", id: "b", segments: 1, yen: 8 },
      { day: "2026-11-02", id: "c", segments: 1, yen: 8 },
      { day: "2026-11-02", id: "e", segments: 1, yen: 8 },
      { day: "2026-11-03", id: "f", segments: 1, yen: null },
    ];
    const invoice = [
      { day: "2026-11-01", id: "a", segments: 1, yen: 8 },
      { day: "2026-11-01", id: "b", segments: 2, yen: 16 },
      { day: "2026-11-02", id: "d", segments: 1, yen: 8 },
      { day: "2026-11-02", id: "e", segments: 1, yen: 9.5 },
      { day: "2026-11-03", id: "f", segments: 1, yen: 8 },
    ];
    const found = reconcile(invoice, own);
    expect(found).toEqual([
      { day: "2026-11-01", reason: "segments", messages: 1, yen: 8, ids: ["b"] },
      { day: "2026-11-02", reason: "not_charged", messages: 1, yen: -8, ids: ["c"] },
      { day: "2026-11-02", reason: "not_ours", messages: 1, yen: 8, ids: ["d"] },
      { day: "2026-11-02", reason: "price", messages: 1, yen: 1.5, ids: ["e"] },
      { day: "2026-11-03", reason: "unpriced", messages: 1, yen: 8, ids: ["f"] },
    ]);
    const sum = (rows: readonly { yen: number | null }[]) => rows.reduce((total, { yen }) => total + (yen ?? 0), 0);
    expect(sum(found)).toBeCloseTo(sum(invoice) - sum(own), 6);
  });

  it("names the messages of a difference up to a bound, and counts them all", () => {
    const invoice = Array.from({ length: NAMED_IDS + 5 }, (_, index) => ({ day: "2026-11-01", id: `m${index}`, segments: 1, yen: 8 }));
    const [found] = reconcile(invoice, []);
    expect([found?.messages, found?.ids.length, found?.ids[0]]).toEqual([NAMED_IDS + 5, NAMED_IDS, "m0"]);
  });
});
