import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { takeNumberLimits } from "#lib/authenticators/numbers/send-limits";
import { takeSendLimits } from "#lib/authenticators/phones/send-limits";
import { sql, transaction } from "#lib/db/sql";
import { takeNoticeText } from "#lib/delivery/messages/notice-limits";
import { judge } from "#lib/health/judge";
import { measure } from "#lib/health/measure";
import { said } from "#lib/health/words";
import { forgetSettings, refreshSettings } from "#lib/policy/read";
import { forgetLimits, forgetPolicy, freshNumber, makeAccount, setClock, setPolicy, together } from "#lib/testing/fixtures";

// An operator's budgets of one country stop its texts and no others, however many ask at once (FR-03, RL-12).

type Budget = { country?: string; mode?: "deny" | "monitor"; sendsPerDay?: number; sendsPerMonth?: number };

async function budgets(...list: Budget[]): Promise<void> {
  await setPolicy(
    "budgetPerCountry",
    list.map((one) => ({ country: "US", ...one })),
  );
  forgetSettings();
  await refreshSettings();
}

type Ask = { proven?: boolean; userId?: string; ip?: string; country?: string };

const ask = ({ proven = false, userId = randomUUID(), ip = randomUUID(), country = "US" }: Ask = {}) =>
  transaction((tx) =>
    takeSendLimits(
      tx,
      { channel: "SMS", authenticatorId: randomUUID(), to: freshNumber(), country, proven },
      { userId, ip, deviceId: null },
    ),
  );
const taken = (answers: unknown[]) => answers.filter((one) => one === null).length;
/** Asks many times at once, over every connection of the pool. */
const rush = (times: number, asked?: Ask) => together(times, () => ask(asked));

beforeEach(forgetLimits);
afterEach(async () => {
  await setClock(0);
  await forgetPolicy();
  forgetSettings();
  await refreshSettings();
});

const DAY = 86_400;

describe("The budget of a country for a day", () => {
  it("lets as many through as it says when a hundred and twenty ask at once on several connections, and never one more", async () => {
    await budgets({ sendsPerDay: 40 });
    const [proven, others] = await Promise.all([rush(60, { proven: true }), rush(60)]);
    expect(taken(proven) + taken(others)).toBe(40);
    expect(taken(others)).toBeLessThanOrEqual(28);
    expect((await ask({ proven: true }))?.policy).toBe("sends_per_country_day");
  });

  it("keeps its part for proven numbers, and stops neither other countries nor the sends of the next day", async () => {
    await budgets({ sendsPerDay: 20 }, { country: "KR", sendsPerDay: 20 });
    expect(taken(await rush(60))).toBe(14);
    expect(await ask()).toMatchObject({ policy: "sends_per_country_day", reason: "budget_spent", retryAfter: expect.any(Number) });
    expect(taken(await rush(30, { proven: true }))).toBe(6);
    expect([await ask({ country: "JP" }), await ask({ country: "KR" })]).toEqual([null, null]);
    await setClock(DAY + 1500);
    expect(await ask()).toBeNull();
  });

  it("is that of texts for other systems and of notices too", async () => {
    await budgets({ sendsPerDay: 2 });
    const { userId } = await makeAccount();
    const target = () => ({ channel: "SMS", authenticatorId: randomUUID(), to: freshNumber(), country: "US", proven: false }) as never;
    const asker = () => ({ keyId: randomUUID(), sendsPerDay: null, client: null, verificationId: randomUUID() });
    expect(await transaction((tx) => takeNumberLimits(tx, target(), asker()))).toBeNull();
    expect(await takeNoticeText(userId, freshNumber(), "US")).toBeNull();
    expect(await transaction((tx) => takeNumberLimits(tx, target(), asker()))).toMatchObject({ policy: "sends_per_country_day" });
    expect(await takeNoticeText(userId, freshNumber(), "US")).toBe("budget_spent");
    expect(await takeNoticeText(userId, freshNumber(), "JP")).toBeNull();
  });

  it("gives one account and one address two percent an hour of what is not kept, so that no stranger spends it", async () => {
    await budgets({ sendsPerDay: 150 });
    const [userId, ip] = [randomUUID(), randomUUID()];
    const tries = async (asked: Ask) => {
      let texts = 0;
      for (let text = 0; text < 8; text += 1) {
        await sql`DELETE FROM limit_hits`;
        if ((await ask(asked)) === null) texts += 1;
      }
      return texts;
    };
    expect([await tries({ userId }), await tries({ ip })]).toEqual([2, 2]);
    await sql`DELETE FROM limit_hits`;
    expect(await ask({ ip, country: "JP" })).toBeNull();
  });
});

describe("The budget of a country for a month", () => {
  it("holds for thirty-one days, so that no month of a calendar has more, and counts beside that of a day", async () => {
    await budgets({ sendsPerDay: 10, sendsPerMonth: 15 });
    expect(taken(await rush(30, { proven: true }))).toBe(10);
    await setClock(2 * DAY);
    expect(taken(await rush(30, { proven: true }))).toBe(5);
    expect(await ask({ proven: true })).toMatchObject({ policy: "sends_per_country_month", reason: "budget_spent" });
    await setClock(30 * DAY);
    expect((await ask({ proven: true }))?.policy).toBe("sends_per_country_month");
    await setClock(32 * DAY);
    expect(taken(await rush(30, { proven: true }))).toBe(10);
  });
});

describe("A budget that only alerts", () => {
  it("counts every send, tells of them from four fifths on, and stops none", async () => {
    const told = async () => judge(await measure()).filter(({ kind, subject }) => kind === "budget_low" && subject.endsWith("US"));
    await budgets({ mode: "monitor", sendsPerDay: 10 });
    expect(taken(await rush(7))).toBe(7);
    expect(await told()).toEqual([]);
    expect(taken(await rush(20))).toBe(20);
    const [one, ...more] = await told();
    expect([one?.facts, more]).toEqual([{ name: "sends_per_country_day", subject: "US", used: 27, max: 10 }, []]);
    expect(said(one as never, "ja")).toBe("アメリカ合衆国への24時間の送信の上限 10通のうち、27通を使いました。");
    // Sends that were counted while it only alerted count once it stops.
    await budgets({ mode: "deny", sendsPerDay: 10 });
    expect((await ask({ proven: true }))?.policy).toBe("sends_per_country_day");
  });
});
