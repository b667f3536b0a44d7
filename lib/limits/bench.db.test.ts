import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { signIn } from "#lib/accounts/sign-in";
import { takeSendLimits } from "#lib/authenticators/phones/send-limits";
import { sql, transaction } from "#lib/db/sql";
import { rings } from "#lib/limits/policy";
import { takeLimits } from "#lib/limits/take";
import { freshNumber, makeAccount, must, PASSWORD, requester } from "#lib/testing/fixtures";

// SEKISHO_LIMITS=bench lifts the verdict but still counts, so that a benchmark measures the real work; a number that the operator set still
// applies.

// The environment is read once, at first use.
Object.assign(process.env, { SEKISHO_LIMITS: "bench", SENDS_PER_COUNTRY_HOUR: "12" });

it("Under bench a limit that is full still counts every take and refuses none.", async () => {
  const ring = { ...rings.sendsPerIp, name: `ring_${randomUUID()}`, max: 2, unkept: 2 };
  const policy = { name: `hits_${randomUUID()}`, bench: true, windows: [{ max: 2, seconds: 60 }] };
  for (let take = 0; take < 5; take += 1)
    expect(
      await transaction((tx) =>
        takeLimits(tx, [
          { ring, subject: "a" },
          { policy, subject: "a" },
        ]),
      ),
    ).toBeNull();
  expect(await sql`SELECT (SELECT sum(n)::int FROM unnest(totals) n) AS counted FROM limit_rings WHERE policy = ${ring.name}`).toEqual([
    { counted: 5 },
  ]);
  expect(await sql`SELECT 1 FROM limit_hits WHERE policy = ${policy.name}`).toHaveLength(5);
});

it("Under bench a sign-in counts its send, and the budget that the operator set is spent all the same.", async () => {
  const account = await makeAccount();
  for (let text = 0; text < 8; text += 1)
    expect(must(await signIn({ identifier: account.email, password: PASSWORD }, requester)).view.delivery?.status).toBe("queued");
  const send = () =>
    transaction((tx) =>
      takeSendLimits(
        tx,
        { channel: "SMS", authenticatorId: randomUUID(), to: freshNumber(), country: "JP", proven: true },
        { userId: randomUUID(), ip: randomUUID(), deviceId: null },
      ),
    );
  for (let text = 0; text < 4; text += 1) expect(await send()).toBeNull();
  expect(await send()).toMatchObject({ policy: "sends_per_country", reason: "budget_spent" });
});
