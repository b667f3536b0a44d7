import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { takeNumberLimits } from "#lib/authenticators/numbers/send-limits";
import { takeSendLimits } from "#lib/authenticators/phones/send-limits";
import { sql, transaction } from "#lib/db/sql";
import { takeNoticeText } from "#lib/delivery/messages/notice-limits";
import { judge } from "#lib/health/judge";
import { measure } from "#lib/health/measure";
import { holdYenBudgets } from "#lib/health/yen-budgets";
import { cleanUp } from "#lib/jobs/clean-up";
import { presentedKey } from "#lib/keys/admit";
import { addKey } from "#lib/keys/store";
import { singleton } from "#lib/singleton";
import { forgetLimits, forgetPolicy, freshNumber, makeAccount, must, requester, setClock, setPolicy } from "#lib/testing/fixtures";
import { requestVerification } from "#lib/verifications/request";

beforeEach(forgetLimits);
beforeEach(() => sql`DELETE FROM daily_usage`);
beforeEach(() => sql`DELETE FROM brakes`);
afterEach(forgetPolicy);
afterEach(() => setClock(0));

/** Writes what a day cost, so many days before today. */
const cost = (yen: number, daysAgo = 0, from = "app_now()") => sql`
  INSERT INTO daily_usage (day, channel, provider, country, carrier, purpose, result, count, verified, segments, yen, unpriced, waits)
  SELECT CASE WHEN ${daysAgo}::int = 0 THEN (app_now() AT TIME ZONE 'Asia/Tokyo')::date
      ELSE date_trunc('month', app_now() AT TIME ZONE 'Asia/Tokyo')::date - ${daysAgo}::int END, 'SMS', 'first', 'JP', '', ${from}, 'delivered', 1, 0, 1, ${yen}::numeric, 0, '{}'`;

/** Sets the budget and looks, as the job of every minute does, with settings that are read anew. */
async function budget(yen: number | null): Promise<void> {
  await setPolicy("budgetYenPerMonth", yen);
  singleton("settings", () => ({ last: null as unknown })).last = null;
  await holdYenBudgets();
}

/** Sets budgets of countries and looks, as above. */
async function byCountry(...list: object[]): Promise<void> {
  await setPolicy("budgetPerCountry", list);
  singleton("settings", () => ({ last: null as unknown })).last = null;
  await holdYenBudgets();
}

async function send(proven: boolean, country = "JP") {
  const { userId, e164, phoneId } = await makeAccount();
  const target = { authenticatorId: phoneId, to: e164, country, proven } as never;
  return transaction((tx) => takeSendLimits(tx, target, { userId, ip: "203.0.113.7", deviceId: null }));
}

describe("The budget of a month in yen", () => {
  it("stops texts to new numbers and texts of notices once it is spent, and none to a proven number", async () => {
    await cost(1000);
    await budget(1001);
    expect(await send(false)).toBeNull();
    await budget(1000);
    expect(await send(false)).toMatchObject({ policy: "yen_budget", reason: "budget_spent" });
    const { userId, e164 } = await makeAccount();
    expect(await takeNoticeText(userId, e164, "JP")).toBe("budget_spent");
    expect(await send(true)).toBeNull();
  });

  it("stops texts that another system asks for, and says why", async () => {
    const key = { name: "shop", scopes: ["verify"], countries: null, sendsPerDay: null };
    const presented = await presentedKey(`Bearer ${must(await addKey(key, "cli:test"))}`, "verify");
    if (!presented) throw new Error("a key that was just made is unknown");
    const ask = () =>
      requestVerification(presented, { to: freshNumber(), channel: "sms", locale: "ja", client: null, idempotencyKey: null }, requester);
    await cost(1000);
    await budget(1000);
    expect(await ask()).toMatchObject({ ok: false, error: { code: "too_many_sends", reason: "budget_spent" } });
    await budget(1001);
    expect((await ask()).ok).toBe(true);
  });

  it("lets texts go again at the next look after it was raised or given up, and counts this month alone", async () => {
    await cost(1000);
    await cost(5000, 1);
    await budget(500);
    expect(await send(false)).toMatchObject({ policy: "yen_budget" });
    await budget(2000);
    expect(await send(false)).toBeNull();
    await budget(500);
    await budget(null);
    expect(await send(false)).toBeNull();
  });

  it("holds nothing back where none is set, also after the clock was set back", async () => {
    await setClock(660);
    await budget(null);
    await setClock(0);
    expect(await send(false)).toBeNull();
  });

  it("is told from four fifths on", async () => {
    const low = async () => judge(await measure()).filter(({ kind, facts }) => kind === "budget_low" && facts.name === "yen_per_month");
    await cost(799);
    await budget(1000);
    expect(await low()).toEqual([]);
    await cost(1, 0, "more");
    expect(await low()).toMatchObject([{ facts: { used: 800, max: 1000 } }]);
  });
});

describe("The budgets of a country in yen", () => {
  it("stop texts to new numbers of that country alone, whether its day or its month is spent", async () => {
    for (const spent of [{ yenPerDay: 1000 }, { yenPerMonth: 1000 }]) {
      await sql`DELETE FROM daily_usage`;
      await cost(999);
      await byCountry({ country: "JP", ...spent }, { country: "US", yenPerDay: 1, yenPerMonth: 1 });
      expect(await send(false)).toBeNull();
      await cost(1, 0, "more");
      await holdYenBudgets();
      expect(await send(false)).toMatchObject({ policy: "yen_budget", reason: "budget_spent" });
      const { userId, e164 } = await makeAccount();
      expect(await takeNoticeText(userId, e164, "JP")).toBe("budget_spent");
      expect(await send(true)).toBeNull();
      expect(await send(false, "US")).toBeNull();
    }
  });

  it("let texts go again at the next look after they were raised or given up, and stop none where they only alert", async () => {
    await cost(1000);
    await byCountry({ country: "JP", yenPerDay: 500 });
    expect(await send(false)).toMatchObject({ policy: "yen_budget" });
    await byCountry({ country: "JP", yenPerDay: 5000 });
    expect(await send(false)).toBeNull();
    await byCountry({ country: "JP", yenPerMonth: 500 });
    expect(await send(false)).toMatchObject({ policy: "yen_budget" });
    await byCountry();
    expect(await send(false)).toBeNull();
    await byCountry({ country: "JP", mode: "monitor", yenPerDay: 500 });
    expect(await send(false)).toBeNull();
    const low = judge(await measure()).filter(({ kind }) => kind === "budget_low");
    expect(low.map(({ facts }) => facts)).toContainEqual({ name: "yen_per_country_day", subject: "JP", used: 1000, max: 500 });
  });

  it("hold back a number that another system wants proven, as every new number", async () => {
    await cost(1000);
    await byCountry({ country: "JP", yenPerMonth: 1000 });
    const target = { authenticatorId: null, to: freshNumber(), country: "JP", proven: false, channel: "SMS" } as never;
    const asker = { keyId: randomUUID(), sendsPerDay: null, client: null, verificationId: randomUUID() };
    expect(await transaction((tx) => takeNumberLimits(tx, target, asker))).toMatchObject({ policy: "yen_budget", reason: "budget_spent" });
  });
});

describe("The figures of usage", () => {
  it("are kept for as many months as the policy says, and then deleted", async () => {
    await cost(1, 31 * 5);
    await cost(1);
    await cleanUp();
    expect(await sql`SELECT 1 FROM daily_usage`).toHaveLength(2);
    await setPolicy("keepUsageMonths", 4);
    await cleanUp();
    expect(await sql`SELECT 1 FROM daily_usage`).toHaveLength(1);
  });
});
