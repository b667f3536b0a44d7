import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { beginPasswordStep } from "#lib/authenticators/password/step";
import { sql, transaction } from "#lib/db/sql";
import { passwordWasRight } from "#lib/limits/password-failures";
import type { Policy, Ring } from "#lib/limits/policy";
import { blocksOf } from "#lib/limits/subject";
import { giveBackSends, takeLimits } from "#lib/limits/take";
import { makeAccount, setClock, together } from "#lib/testing/fixtures";

const policy = (max: number, seconds = 60): Policy => ({ name: `test_${randomUUID()}`, bench: false, windows: [{ max, seconds }] });
const ring = (max: number, seconds = 3600, unkept = max): Ring => ({ name: `ring_${randomUUID()}`, bench: false, max, unkept, seconds });
const take = (one: Policy, subject: string) => transaction((tx) => takeLimits(tx, [{ policy: one, subject }]));
const takeRing = (one: Ring, claims = false, subject = "a") => transaction((tx) => takeLimits(tx, [{ ring: one, subject, claims }]));
const allowed = (results: unknown[]) => results.filter((result) => result === null).length;

afterEach(() => setClock(0));

describe("Limits by hits", () => {
  it("allow ten of two hundred at once when ten are allowed (F05)", async () => {
    const ten = policy(10);
    expect(allowed(await together(200, () => take(ten, "a")))).toBe(10);
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
    const [one, none, open, full] = [policy(5), policy(0), ring(5), ring(0)];
    const both = (takes: Parameters<typeof takeLimits>[1]) => transaction((tx) => takeLimits(tx, takes));
    const refused = await both([
      { policy: one, subject: "a" },
      { policy: none, subject: "a" },
      { ring: open, subject: "a" },
    ]);
    expect(refused?.policy).toBe(none.name);
    expect(
      (
        await both([
          { policy: one, subject: "a" },
          { ring: open, subject: "a" },
          { ring: full, subject: "a" },
        ])
      )?.policy,
    ).toBe(full.name);
    expect(allowed(await together(10, () => take(one, "a")))).toBe(5);
    expect(allowed(await together(10, () => takeRing(open)))).toBe(5);
  });

  it("never wait for each other in a circle", async () => {
    const [first, second, third, fourth] = [policy(1000), policy(1000), ring(900), ring(900)];
    const both = (swap: boolean) => {
      const takes = [
        { policy: first, subject: "a" },
        { policy: second, subject: "a" },
        { ring: third, subject: "a" },
        { ring: fourth, subject: "a" },
      ];
      return transaction((tx) => takeLimits(tx, swap ? takes.reverse() : takes));
    };
    expect(allowed(await together(60, (index) => both(index % 2 === 0)))).toBe(60);
  });

  it("give an account's unproven sends back and no other account's", async () => {
    const [mine, others] = [await makeAccount(), await makeAccount()];
    for (const account of [mine, others])
      await sql`INSERT INTO limit_hits (policy, subject, owner) VALUES ('sends_per_phone', 'x', ${account.userId}::uuid), ('other', 'x', ${account.userId}::uuid)`;
    await transaction((tx) => giveBackSends(tx, mine.userId));
    const left = await sql<{
      owner: string;
      policy: string;
    }>`SELECT owner, policy FROM limit_hits WHERE owner = ANY(${[mine.userId, others.userId]}::uuid[])`;
    expect(left.filter((row) => row.owner === mine.userId).map((row) => row.policy)).toEqual(["other"]);
    expect(left.filter((row) => row.owner === others.userId)).toHaveLength(2);
  });
});

describe("Limits by rings", () => {
  it("allow what they say of many at once, in one shard and in sixteen (F13)", async () => {
    const [small, large] = [ring(150), ring(1600)];
    expect(allowed(await together(400, () => takeRing(small)))).toBe(150);
    // Filled except for forty takes, which lie in separate shards.
    await takeRing(large);
    await sql`UPDATE limit_rings SET totals = array_fill(100 - CASE WHEN shard < 8 THEN 5 ELSE 0 END, ARRAY[1]) || array_fill(0, ARRAY[60]), total = 100 - CASE WHEN shard < 8 THEN 5 ELSE 0 END WHERE policy = ${large.name}`;
    expect(allowed(await together(120, () => takeRing(large, true)))).toBe(40);
    expect((await takeRing(large, true))?.policy).toBe(large.name);
  });

  it("refuse none of sixty that are the first of their subject, however they meet (RL-06)", { timeout: 120_000 }, async () => {
    // The first take writes the rows of a ring; about one such burst in fifty meets another take between its two reads.
    for (let burst = 0; burst < 150; burst += 1) {
      const fresh = ring(100);
      expect(allowed(await together(60, () => takeRing(fresh, true)))).toBe(60);
    }
  });

  it("keep a part for those with a claim on it, however many others come first", async () => {
    const budget = ring(100, 3600, 70);
    expect(allowed(await together(150, () => takeRing(budget)))).toBe(70);
    expect(allowed(await together(60, () => takeRing(budget, true)))).toBe(30);
    const other = ring(100, 3600, 70);
    expect(allowed(await together(60, () => takeRing(other, true)))).toBe(60);
    expect(allowed(await together(60, () => takeRing(other)))).toBe(40);
  });

  it("open again a window later, at most a sixtieth of it late, and say when", async () => {
    const three = ring(3, 3600);
    await takeRing(three);
    await setClock(1800);
    await together(2, () => takeRing(three));
    const refusal = await takeRing(three);
    expect(refusal?.retryAfter).toBeGreaterThan(1700);
    expect(refusal?.retryAfter).toBeLessThanOrEqual(1860);
    await setClock(3599);
    expect(await takeRing(three)).not.toBeNull();
    await setClock(3661);
    expect(await takeRing(three)).toBeNull();
    expect(await takeRing(three)).not.toBeNull();
    await setClock(8000);
    expect(allowed(await together(5, () => takeRing(three)))).toBe(3);
  });

  it("keep their sum when the clock goes back, and open a window after that moment (K15)", async () => {
    const two = ring(2, 3600);
    await setClock(400 * 86_400);
    await together(2, () => takeRing(two));
    await setClock(0);
    expect(await takeRing(two)).not.toBeNull();
    await setClock(1);
    expect(await takeRing(two)).not.toBeNull();
    await setClock(3700 + 60);
    expect(await takeRing(two)).toBeNull();
  });
});

describe("Address blocks", () => {
  it("nest: an IPv6 /64 lies in its /56 and its /48, an IPv4 address in itself (RL-03)", () => {
    expect(blocksOf("203.0.113.9")).toEqual([{ name: "203.0.113.9", factor: 1 }]);
    expect(blocksOf("2001:db8:1:2fe::/64").map(({ name, factor }) => `${name} ${factor}`)).toEqual([
      "2001:db8:1:2fe::/64 1",
      "2001:db8:1:200::/56 2",
      "2001:db8:1::/48 4",
    ]);
    const key = "5b4ec2b2-5f4e-4c5d-9d0c-0b8b3c0d7f11";
    expect(blocksOf(`${key} 2001:db8:1:2fe::/64`).map(({ name }) => name)).toEqual(
      ["2001:db8:1:2fe::/64", "2001:db8:1:200::/56", "2001:db8:1::/48"].map((block) => `${key} ${block}`),
    );
  });
});

describe("Password attempts", () => {
  const begin = async (identifier: string, ip: string, tx = sql) => {
    const begun = await beginPasswordStep({ kind: "none", value: identifier }, { ip }, tx);
    return begun.ok ? (begun.value.locked ? "locked" : "judged") : begun.error;
  };
  const right = (identifier: string, ip: string) => passwordWasRight(sql, { identifier, ip, accountId: null, deviceId: null });
  const judged = (results: unknown[]) => results.filter((one) => one === "judged").length;

  it("count nothing against an address whose passwords were right, however many at once", async () => {
    const ip = randomUUID();
    for (let round = 0; round < 5; round += 1) {
      const identifiers = Array.from({ length: 30 }, () => randomUUID());
      expect(judged(await Promise.all(identifiers.map((one) => begin(one, ip))))).toBe(30);
      await Promise.all(identifiers.map((one) => right(one, ip)));
    }
  });

  it("are judged ten times in a row, also when forty come at once, and again after the wait", async () => {
    const identifier = `${randomUUID()}@example.jp`;
    // Uses forty addresses, so that the limit of one address does not refuse the sends.
    expect(judged(await together(40, () => begin(identifier, randomUUID())))).toBe(10);
    expect(await begin(identifier, randomUUID())).toBe("locked");
    await setClock(901);
    expect(await begin(identifier, randomUUID())).toBe("judged");
  });

  it("that were right clear what their own address failed and nothing else", async () => {
    const [identifier, own, other] = [randomUUID(), randomUUID(), randomUUID()];
    for (let guess = 0; guess < 5; guess += 1) for (const ip of [own, other]) if (guess < 4 || ip === own) await begin(identifier, ip);
    await right(identifier, own);
    expect(judged(await together(20, () => begin(identifier, other)))).toBe(6);
  });

  it("count one after the other: the eleventh waits for ten that are not committed yet, and is locked", async () => {
    const identifier = randomUUID();
    const eleventh = await transaction(async (tx) => {
      for (let guess = 0; guess < 10; guess += 1) expect(await begin(identifier, randomUUID(), tx)).toBe("judged");
      const other = begin(identifier, randomUUID());
      await new Promise((resolve) => setTimeout(resolve, 200));
      return [other];
    });
    expect(await eleventh[0]).toBe("locked");
  });

  it("wait fifteen minutes at ten wrong ones, twice as long with every further ten, and never longer than four hours", async () => {
    const identifier = randomUUID();
    let moment = 0;
    for (const wait of [900, 1800, 3600, 7200, 14_400, 14_400]) {
      for (let guess = 0; guess < 10; guess += 1) expect(await begin(identifier, randomUUID())).toBe("judged");
      await setClock(moment + wait - 10);
      expect(await begin(identifier, randomUUID())).toBe("locked");
      moment += wait + 10;
      await setClock(moment);
    }
  });

  it("from one address are free fifty times, and then spaced: a stranger fills no quarter of an hour for the neighbours (F18)", async () => {
    const ip = randomUUID();
    const stranger = await together(90, () => begin(randomUUID(), ip));
    expect(judged(stranger)).toBe(80);
    const waits = stranger.filter((one): one is number => typeof one === "number");
    expect(waits).toHaveLength(10);
    for (const wait of waits) expect(wait).toBeLessThanOrEqual(61);
    await setClock(61);
    const neighbours = Array.from({ length: 20 }, () => randomUUID());
    for (const identifier of neighbours) {
      expect(await begin(identifier, ip)).toBe("judged");
      await right(identifier, ip);
    }
    expect(judged(await together(40, () => begin(randomUUID(), ip)))).toBe(30);
  });

  it("from one /48 have twice a /56's and four times a /64's", async () => {
    const site = () => `2001:db8:${Math.floor(Math.random() * 65_535).toString(16)}`;
    const [a, b] = [site(), site()];
    const from64 = await together(120, () => begin(randomUUID(), `${a}:0::/64`));
    const from48 = await together(500, (index) => begin(randomUUID(), `${b}:${(index * 131).toString(16)}::/64`));
    expect([judged(from64), judged(from48)]).toEqual([80, 320]);
  });

  it("of one account are a hundred in a quarter of an hour whatever their outcome", async () => {
    const [identifier, ip] = [randomUUID(), randomUUID()];
    for (let attempt = 0; attempt < 100; attempt += 1) {
      expect(await begin(identifier, ip)).toBe("judged");
      await right(identifier, ip);
    }
    expect(await begin(identifier, ip)).toBe("locked");
    await setClock(920);
    expect(await begin(identifier, ip)).toBe("judged");
  });
});
