import { beforeEach, describe, expect, it } from "vitest";
import { countUsage } from "#lib/console/count-usage";
import { compareInvoice, differencesFile, textOf } from "#lib/console/invoice";
import { setCurrency, setRate } from "#lib/console/rates";
import { forecastOf, plansOf, sumOf, today, usageRows, waysOf } from "#lib/console/usage";
import { exportUsage } from "#lib/console/usage-file";
import { dayAfter, daysOf, periodOf } from "#lib/console/usage-filter";
import { sql } from "#lib/db/sql";
import { makeAccount, must, requester, together } from "#lib/testing/fixtures";
import { staffMember } from "#lib/testing/staff";

beforeEach(async () => {
  await sql`DELETE FROM daily_usage`;
  await sql`DELETE FROM usage_rates`;
  await sql`DELETE FROM currency_rates`;
  await sql`DELETE FROM messages`;
});

type Handed = {
  status?: string;
  provider?: string;
  price?: number | null;
  segments?: number;
  seconds?: number;
  carrier?: string;
  ref?: string;
};

/** Writes one text of an account with one hand-over, as it was handed over on a moment of today in Japan. */
async function handed(
  userId: string,
  { status = "delivered", provider = "first", price = 8, segments = 1, seconds = 3, carrier, ref }: Handed = {},
) {
  await sql`
    WITH m AS (INSERT INTO messages (user_id, template, channel, country, locale, status, tries) VALUES (${userId}::uuid, 'code.SIGN_IN', 'SMS', 'JP', 'ja', 'delivered', 1)
      RETURNING id, created_at)
    INSERT INTO delivery_attempts (message_id, message_at, provider, provider_ref, status, started_at, status_at, segments, carrier, price)
    SELECT id, created_at, ${provider}, ${ref ?? null}, ${status}::delivery_status, created_at, created_at + make_interval(secs => ${seconds}::float8), ${segments}::int,
      ${carrier ?? null}, ${price}::numeric FROM m`;
}

const counted = async () => {
  const day = await today();
  await countUsage(day);
  return usageRows({ from: day, to: day });
};

const rate = {
  provider: "first",
  channel: "SMS",
  country: "",
  begins: "2020-01-01",
  currency: "JPY",
  price: "9.5",
  monthlyFee: "",
} as const;

describe("The usage of a day", () => {
  it("counts hand-overs by provider, carrier and result, and what failed costs nothing while what did not arrive does", async () => {
    const { userId } = await makeAccount();
    await handed(userId, { segments: 2, carrier: "docomo" });
    await handed(userId, { status: "undelivered" });
    await handed(userId, { status: "failed" });
    await handed(userId, { provider: "second", price: null });
    const rows = await counted();
    expect(
      rows.map(({ provider, carrier, result, count, segments, yen, unpriced }) => [
        provider,
        carrier,
        result,
        count,
        segments,
        yen,
        unpriced,
      ]),
    ).toEqual([
      ["first", "", "failed", 1, 1, 0, 0],
      ["first", "", "undelivered", 1, 1, 8, 0],
      ["first", "docomo", "delivered", 1, 2, 16, 0],
      ["second", "", "delivered", 1, 1, 0, 1],
    ]);
  });

  it("is the same however many workers count it, and forgets a result that a receipt has changed", async () => {
    const { userId } = await makeAccount();
    for (let index = 0; index < 5; index++) await handed(userId, { status: "sent" });
    const day = await today();
    await together(4, () => countUsage(day));
    await sql`UPDATE delivery_attempts SET status = 'delivered'`;
    await together(4, () => countUsage(day));
    expect((await usageRows({ from: day, to: day })).map(({ result, count }) => [result, count])).toEqual([["delivered", 5]]);
  });

  it("keeps what was verified after its challenge was deleted, and never more than was sent", async () => {
    const { userId } = await makeAccount();
    await handed(userId);
    const day = await today();
    await countUsage(day);
    await sql`UPDATE daily_usage SET verified = 3`;
    await countUsage(day);
    expect((await usageRows({ from: day, to: day }))[0]?.verified).toBe(1);
  });

  it("tells within how many seconds half and 95 of 100 arrived", async () => {
    const { userId } = await makeAccount();
    for (const seconds of [2, 2, 2, 2, 2, 2, 2, 2, 2, 50]) await handed(userId, { seconds });
    const day = await today();
    const [way] = await waysOf({ from: day, to: day }, await counted());
    expect(way).toMatchObject({ provider: "first", sent: 10, delivered: 10 });
    expect([way?.p50, way?.p95].map((value) => (value ?? 0) > 2 && (value ?? 0) < 60)).toEqual([true, true]);
    expect(way?.p95).toBeGreaterThan(40);
  });
});

describe("An own rate", () => {
  it("counts before the price of the account from its day on, in yen of its currency on that day", async () => {
    const admin = await staffMember("administrator");
    const { userId } = await makeAccount();
    await handed(userId, { segments: 2 });
    const day = await today();
    must(await setRate(admin, rate));
    expect(sumOf(await counted())).toMatchObject({ yen: 19, unpriced: 0 });
    must(await setRate(admin, { ...rate, begins: day, price: "0.08", currency: "usd" }));
    expect(sumOf(await counted())).toMatchObject({ yen: 0, unpriced: 1 });
    must(await setCurrency(admin, { currency: "USD", begins: dayAfter(day, -1), yen: "150" }));
    expect(sumOf(await counted())).toMatchObject({ yen: 24, unpriced: 0 });
    must(await setRate(admin, { ...rate, country: "us", begins: day, price: "99" }));
    must(await setRate(admin, { ...rate, begins: dayAfter(day, 1), price: "77" }));
    expect(sumOf(await counted()).yen).toBe(24);
    must(await setRate(admin, { ...rate, country: "jp", begins: "2021-01-01", price: "5" }));
    expect(sumOf(await counted()).yen).toBe(10);
  });

  it.each([
    ["provider", { ...rate, provider: "Not a name" }],
    ["price", { ...rate, price: "-1" }],
    ["price", { ...rate, price: "1e3" }],
    ["begins", { ...rate, begins: "2026-02-30" }],
    ["begins", { ...rate, begins: " " }, "required"],
    ["currency", { ...rate, currency: "yen!" }],
    ["country", { ...rate, country: "JPN" }],
    ["monthlyFee", { ...rate, monthlyFee: "many" }],
  ])("is refused at its field where %s is wrong", async (field, typed, code = "invalid_input") => {
    const done = await setRate(await staffMember("administrator"), typed as typeof rate);
    expect(done.ok ? {} : done.error.fields).toEqual({ [field]: code });
  });

  it("is what plans are compared by, with the price lists that providers print and none that is hearsay", async () => {
    const now = await today();
    const month = dayAfter(`${now.slice(0, 7)}-01`, -10);
    await sql`
      INSERT INTO daily_usage (day, channel, provider, country, carrier, purpose, result, count, verified, segments, yen, unpriced, waits)
      VALUES (${month}::date, 'SMS', 'first', 'JP', '', 'code.SIGN_IN', 'delivered', 1000, 0, 1000, 8000, 0, '{}')`;
    expect((await plansOf(now)).plans).toEqual([
      expect.objectContaining({ name: "Cuenote SMS", yen: 6000, source: expect.stringMatching(/^https/) }),
    ]);
    must(await setRate(await staffMember("administrator"), { ...rate, price: "4", monthlyFee: "500" }));
    expect((await plansOf(now)).plans.map(({ name, yen }) => [name, yen])).toEqual([
      ["first", 5500],
      ["Cuenote SMS", 6000],
    ]);
    expect(await forecastOf(now)).toMatchObject({ spent: 0 });
  });
});

describe("An invoice by form", () => {
  it("is compared with what the provider took on its days, and is not stored", async () => {
    const admin = await staffMember("administrator");
    const { userId } = await makeAccount();
    for (const ref of ["a", "b", "c"]) await handed(userId, { ref });
    await handed(userId, { ref: "g", price: null });
    await handed(userId, { ref: "d", status: "failed" });
    await handed(userId, { ref: "e", provider: "second" });
    const day = await today();
    const lines = [`${day},a,1,8`, `${day},b,2,16`, `${day},=x,1,8`, `${day},g,1,8`];
    const done = must(await compareInvoice(admin, { provider: "first", text: `day,id,segments,yen\n${lines.join("\n")}\n` }));
    expect(done).toEqual({
      lines: 4,
      differences: [
        { day, reason: "not_charged", messages: 1, yen: -8, ids: ["c"] },
        { day, reason: "not_ours", messages: 1, yen: 8, ids: ["=x"] },
        { day, reason: "segments", messages: 1, yen: 8, ids: ["b"] },
        { day, reason: "unpriced", messages: 1, yen: 8, ids: ["g"] },
      ],
    });
    const file = "differences" in done ? differencesFile(done.differences) : "";
    expect(file).toBe(
      `day,reason,message_id\r\n${day},not_charged,c\r\n${day},not_ours,"'=x"\r\n${day},segments,b\r\n${day},unpriced,g\r\n`,
    );
  });

  it("names the lines that cannot be read and compares nothing", async () => {
    const text = "day,id,segments,yen\n2026-11-01,a,1,8\nnonsense\n2026-11-01,b,one,8\n";
    expect(must(await compareInvoice(await staffMember("administrator"), { provider: "first", text }))).toEqual({
      problem: "lines",
      lines: [3, 4],
    });
  });

  it("is read in UTF-8 and in the encoding of Japanese spreadsheets", () => {
    expect(textOf(new Uint8Array([0x92, 0xca, 0x90, 0x94]))).toBe("通数");
    expect(textOf(new TextEncoder().encode("通数"))).toBe("通数");
  });
});

describe("The file of usage", () => {
  it("has the columns of the contract, page after page, leaves an unknown cost empty and holds no formula", async () => {
    const admin = await staffMember("administrator");
    const day = await today();
    await sql`
      INSERT INTO daily_usage (day, channel, provider, country, carrier, purpose, result, count, verified, segments, yen, unpriced, waits)
      SELECT ${day}::date, 'SMS', 'p' || lpad(n::text, 4, '0'), 'JP', '=1+1', 'code.SIGN_IN', 'delivered', 2, 0, 2, 16, CASE WHEN n = 1 THEN 1 ELSE 0 END, '{}'
      FROM generate_series(1, 1500) n`;
    const text = await new Response(must(await exportUsage(admin, { from: day, to: day }, requester))).text();
    const lines = text.trim().split("\r\n");
    expect(lines[0]).toBe("day,channel,provider,country,carrier,purpose,result,count,segments,cost_yen");
    expect(lines.slice(1, 3)).toEqual([
      `${day},sms,p0001,JP,"'=1+1",code.SIGN_IN,delivered,2,2,`,
      `${day},sms,p0002,JP,"'=1+1",code.SIGN_IN,delivered,2,2,16`,
    ]);
    expect(new Set(lines).size).toBe(1501);
  });
});

describe("The period of the page", () => {
  it.each([
    [{}, "2026-11-01", "2026-11-28"],
    [{ from: "2026-10-05" }, "2026-10-05", "2026-11-28"],
    [{ to: "2026-09-20" }, "2026-09-01", "2026-09-20"],
    [{ from: "2026-11-09", to: "2026-11-03" }, "2026-11-03", "2026-11-09"],
    [{ from: "2026-02-30", to: ["a"] }, "2026-11-01", "2026-11-28"],
    [{ from: "2001-01-01", to: "2026-11-28" }, "2025-10-25", "2026-11-28"],
  ])("of %o is %s to %s", (query, from, to) => expect(periodOf(query, "2026-11-28")).toEqual({ from, to }));

  it("has every one of its days", () => expect(daysOf({ from: "2026-02-27", to: "2026-03-02" })).toHaveLength(4));
});
