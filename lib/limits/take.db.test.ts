import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { beginPasswordStep } from "#lib/accounts/find-account";
import { sql, transaction } from "#lib/db/sql";
import { type PasswordAttempt, passwordWasRight } from "#lib/limits/password-failures";
import type { Policy } from "#lib/limits/policy";
import { giveBackSends, takeLimits } from "#lib/limits/take";
import { makeAccount, setClock, together } from "#lib/testing/fixtures";

const policy = (max: number, seconds = 60): Policy => ({ name: `test_${randomUUID()}`, bench: false, windows: [{ max, seconds }] });
const take = (one: Policy, subject: string) => transaction((tx) => takeLimits(tx, [{ policy: one, subject }]));
/** The refusal of a password attempt, or null when it may go on. */
const begin = async ({ identifier, ip }: PasswordAttempt, tx = sql) => {
  const begun = await beginPasswordStep({ kind: "none", value: identifier }, { ip }, tx);
  return begun.ok ? null : begun.error;
};
const allowed = (results: unknown[]) => results.filter((result) => result === null).length;

afterEach(() => setClock(0));

describe("limits", () => {
  it("allow ten of two hundred at once when ten are allowed (F05)", async () => {
    const ten = policy(10);
    const results = await together(200, () => take(ten, "a"));
    expect(allowed(results)).toBe(10);
    expect(await take(ten, "b")).toBeNull();
  });

  it("slide: no window boundary lets twice as many through", async () => {
    const ten = policy(10, 100);
    await together(10, () => take(ten, "a"));
    await setClock(99);
    expect(await take(ten, "a")).toMatchObject({ retryAfter: expect.any(Number) });
    await setClock(102);
    expect(allowed(await together(20, () => take(ten, "a")))).toBe(10);
  });

  it("take all or none, so that a refused request costs the others nothing", async () => {
    const [one, none] = [policy(5), policy(0)];
    const refused = await transaction((tx) =>
      takeLimits(tx, [
        { policy: one, subject: "a" },
        { policy: none, subject: "a" },
      ]),
    );
    expect(refused?.policy).toBe(none.name);
    expect(allowed(await together(10, () => take(one, "a")))).toBe(5);
  });

  it("never wait for each other in a circle", async () => {
    const [first, second] = [policy(1000), policy(1000)];
    const both = (swap: boolean) => {
      const takes = [
        { policy: first, subject: "a" },
        { policy: second, subject: "a" },
      ];
      return transaction((tx) => takeLimits(tx, swap ? takes.reverse() : takes));
    };
    expect(allowed(await together(60, (index) => both(index % 2 === 0)))).toBe(60);
  });

  it("give an account's unproven sends back and nobody else's", async () => {
    const [mine, others] = [await makeAccount(), await makeAccount()];
    for (const account of [mine, others])
      await sql`INSERT INTO limit_hits (policy, subject, owner) VALUES ('sends_per_phone', 'x', ${account.userId}::uuid), ('sign_ups_per_ip', 'x', ${account.userId}::uuid)`;
    await transaction((tx) => giveBackSends(tx, mine.userId));
    const left = await sql<{
      owner: string;
      policy: string;
    }>`SELECT owner, policy FROM limit_hits WHERE owner = ANY(${[mine.userId, others.userId]}::uuid[])`;
    expect(left.filter((row) => row.owner === mine.userId).map((row) => row.policy)).toEqual(["sign_ups_per_ip"]);
    expect(left.filter((row) => row.owner === others.userId)).toHaveLength(2);
  });

  it("count nothing against an address whose passwords were right, however many at once", async () => {
    const ip = randomUUID();
    for (let round = 0; round < 5; round += 1) {
      const attempts = Array.from({ length: 30 }, () => ({ identifier: randomUUID(), ip }));
      expect(allowed(await Promise.all(attempts.map((attempt) => begin(attempt))))).toBe(30);
      await Promise.all(attempts.map((attempt) => passwordWasRight(sql, attempt)));
    }
  });

  it("make ten wrong passwords wait, forget them after a right one, and lift by themselves", async () => {
    const attempt = { identifier: `${randomUUID()}@example.jp`, ip: randomUUID() };
    // From forty addresses: the lock of one address must not be what keeps them apart.
    expect(allowed(await together(40, () => begin({ ...attempt, ip: randomUUID() })))).toBe(10);
    expect(await begin(attempt)).toMatchObject({ policy: "password_failures", retryAfter: expect.any(Number) });
    await setClock(901);
    expect(await begin(attempt)).toBeNull();
    await passwordWasRight(sql, attempt);
    expect(allowed(await together(12, () => begin(attempt)))).toBe(10);
  });

  it("count wrong passwords one after the other: the eleventh waits for ten that are not committed yet, and is refused", async () => {
    const attempt = { identifier: randomUUID(), ip: "" };
    const eleventh = await transaction(async (tx) => {
      for (let guess = 0; guess < 10; guess += 1) expect(await begin({ ...attempt, ip: randomUUID() }, tx)).toBeNull();
      const other = begin({ ...attempt, ip: randomUUID() });
      await new Promise((resolve) => setTimeout(resolve, 200));
      return [other];
    });
    expect(await eleventh[0]).toMatchObject({ policy: "password_failures" });
  });

  it("wait fifteen minutes at ten wrong passwords, twice as long with every further ten, and never longer than four hours", async () => {
    const attempt = { identifier: randomUUID(), ip: randomUUID() };
    const waits: number[] = [];
    let moment = 0;
    for (let tens = 0; tens < 6; tens += 1) {
      for (let guess = 0; guess < 10; guess += 1) expect(await begin({ ...attempt, ip: randomUUID() })).toBeNull();
      const wait = (await begin({ ...attempt, ip: randomUUID() }))?.retryAfter ?? 0;
      waits.push(Math.round(wait / 10) * 10);
      moment += wait + 1;
      await setClock(moment);
    }
    expect(waits).toEqual([900, 1800, 3600, 7200, 14_400, 14_400]);
  });
});
