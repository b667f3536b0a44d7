import { randomInt, randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { takeSendLimits } from "#lib/authenticators/phones/send-limits";
import { sql, transaction } from "#lib/db/sql";
import { env } from "#lib/env";
import { budgetRings, shareRings } from "#lib/limits/policy";
import { forgetLimits, freshNumber, together } from "#lib/testing/fixtures";

// No account, address or number block can exhaust a budget that others need, and proven numbers have a reserved part (RL-12, F19).

// The environment is read once, at first use.
Object.assign(process.env, { SENDS_PER_COUNTRY_HOUR: "150", SENDS_PER_DAY: "5000" });

type Ask = { proven?: boolean; userId?: string; ip?: string; e164?: string };

const ask = ({ proven = false, userId = randomUUID(), ip = randomUUID(), e164 = freshNumber() }: Ask = {}) =>
  transaction((tx) =>
    takeSendLimits(tx, { channel: "SMS", authenticatorId: randomUUID(), to: e164, country: "JP", proven }, { userId, ip, deviceId: null }),
  );
const taken = (answers: unknown[]) => answers.filter((one) => one === null).length;

beforeEach(forgetLimits);

describe("A budget of 150 an hour", () => {
  it("keeps 45 sends for proven numbers, and gives one account, address or block two an hour of the rest", () => {
    expect(budgetRings(env()).sendsPerCountry).toMatchObject({ max: 150, unkept: 105, bench: false });
    expect(shareRings(env()).perIp.max).toBe(2);
  });

  it("is not spent by one account, one address and one number block at once: twenty proven numbers all get their text", async () => {
    const block = `+8190${randomInt(10_000, 99_999)}`;
    const [userId, ip] = [randomUUID(), randomUUID()];
    const next = (n: number): Ask => [{ userId }, { ip }, { e164: `${block}${String(n % 1000).padStart(3, "0")}` }][n % 3] ?? {};
    const attack = together(90, async (n) => {
      // Other limits that would refuse the sends are out of scope here.
      await sql`DELETE FROM limit_hits`;
      return ask(next(n));
    });
    const owners = together(20, () => ask({ proven: true }));
    expect(taken(await owners)).toBe(20);
    expect(taken(await attack)).toBe(6);
  });

  it("leaves proven numbers their part when unproven ones of a thousand accounts have spent all that they may", async () => {
    let unproven = 0;
    for (let round = 0; round < 12; round += 1) {
      await sql`DELETE FROM limit_hits`;
      unproven += taken(await together(10, () => ask()));
    }
    expect(unproven).toBe(105);
    expect((await ask())?.reason).toBe("budget_spent");
    expect(taken(await together(60, () => ask({ proven: true })))).toBe(45);
    expect(await ask({ proven: true })).toMatchObject({ reason: "budget_spent", policy: "sends_per_country" });
  });

  it("of five proven accounts is not spent by one that is texted again and again: its own ceiling stops it", async () => {
    const userId = randomUUID();
    let texts = 0;
    for (let text = 0; text < 40; text += 1) {
      await sql`DELETE FROM limit_hits`;
      if ((await ask({ proven: true, userId })) === null) texts += 1;
    }
    expect(texts).toBe(20);
  });
});
