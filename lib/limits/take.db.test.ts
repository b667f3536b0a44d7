import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { sql, transaction } from "#lib/db/sql";
import { beginPasswordAttempt, passwordWasRight } from "#lib/limits/password-failures";
import type { Policy } from "#lib/limits/policy";
import { giveBackSends, takeLimits } from "#lib/limits/take";
import { makeAccount, setClock, together } from "#lib/testing/fixtures";

const policy = (max: number, seconds = 60): Policy => ({ name: `test_${randomUUID()}`, bench: false, windows: [{ max, seconds }] });
const take = (one: Policy, subject: string) => transaction((tx) => takeLimits(tx, [{ policy: one, subject }]));
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
      expect(allowed(await Promise.all(attempts.map(beginPasswordAttempt)))).toBe(30);
      await Promise.all(attempts.map(passwordWasRight));
    }
  });

  it("make ten wrong passwords wait, forget them after a right one, and lift by themselves", async () => {
    const attempt = { identifier: `${randomUUID()}@example.jp`, ip: randomUUID() };
    // From forty addresses: the lock of one address must not be what keeps them apart. Several rounds, because a race may be won by luck.
    for (const identifier of [attempt.identifier, randomUUID(), randomUUID(), randomUUID(), randomUUID()])
      expect(allowed(await together(40, () => beginPasswordAttempt({ identifier, ip: randomUUID() })))).toBe(10);
    expect(await beginPasswordAttempt(attempt)).toMatchObject({ policy: "password_failures", retryAfter: expect.any(Number) });
    await setClock(901);
    expect(await beginPasswordAttempt(attempt)).toBeNull();
    await passwordWasRight(attempt);
    expect(allowed(await together(12, () => beginPasswordAttempt(attempt)))).toBe(10);
  });
});
