import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { bindPhone } from "#lib/accounts/bind-phone";
import { signIn } from "#lib/accounts/sign-in";
import { sql, transaction } from "#lib/db/sql";
import { startSending, stopSending } from "#lib/delivery/stops";
import { cleanUp } from "#lib/jobs/clean-up";
import { verifyChallenge } from "#lib/purposes/challenges";
import { codeOf, count, freshNumber, makeAccount, must, PASSWORD, requester, setClock } from "#lib/testing/fixtures";

afterEach(() => setClock(0));

describe("Cleaning", () => {
  it("leaves a pending number whose code is on its way, however old its row, and takes it afterwards", async () => {
    const [account, number] = [await makeAccount({ phone: false }), freshNumber()];
    const giveNumber = async () => {
      const proving = must(await signIn({ identifier: account.email, password: PASSWORD }, requester)).token;
      const proven = must(await verifyChallenge(proving, { code: await codeOf(proving) }, requester));
      const token = proven.next === "bind_phone" ? proven.challengeToken : "";
      must(await bindPhone(token, { number, channel: "sms", acceptRisk: true }, requester));
      return token;
    };
    const pending = () => count(sql<{ n: number }>`SELECT count(*)::int AS n FROM account_phones WHERE user_id = ${account.userId}::uuid`);
    await giveNumber();
    await setClock(86_400 - 60);
    const token = await giveNumber();
    await setClock(86_400 + 60);
    await cleanUp();
    expect(await pending()).toBe(1);
    await setClock(86_400 * 2);
    await cleanUp();
    expect(await pending()).toBe(0);
    await setClock(86_400 * 2 + 60);
    expect((await verifyChallenge(token, { code: "000000" }, requester)).ok).toBe(false);
  });

  it("of many old rows holds no lock for long, stops when its time is over and goes on where it stopped", async () => {
    const kept = randomUUID();
    // Uses a connection without the statement timeout of requests, because the test inserts many rows.
    await transaction(
      async (tx) => {
        await tx`INSERT INTO limit_hits (policy, subject, at) SELECT 'test', '\\x00', app_now() - interval '26 hours' FROM generate_series(1, 50000)`;
        await tx`INSERT INTO limit_hits (policy, subject) VALUES ('test', '\\x00')`;
        await tx`INSERT INTO messages (id, template, channel, locale, created_at) VALUES (${kept}::uuid, 'code.SIGN_IN', 'SMS', 'ja', app_now() - interval '89 days')`;
        await tx`
          WITH old AS (INSERT INTO messages (template, channel, locale, created_at)
            SELECT 'code.SIGN_IN', 'SMS', 'ja', app_now() - interval '91 days' FROM generate_series(1, 25000) RETURNING id, created_at)
          INSERT INTO delivery_attempts (message_id, message_at, provider) SELECT id, created_at, 'test' FROM old`;
      },
      { patient: true },
    );
    const hits = () => count(sql<{ n: number }>`SELECT count(*)::int AS n FROM limit_hits WHERE policy = 'test'`);
    const messages = () =>
      count(sql<{ n: number }>`SELECT count(*)::int AS n FROM messages WHERE template = 'code.SIGN_IN' AND user_id IS NULL`);
    let steps = 0;
    expect(await cleanUp(() => ++steps === 3)).toBe(false);
    expect(await hits()).toBe(47_001);
    const began = Date.now();
    const ended = cleanUp();
    const longest = await longestDelete(ended);
    expect(await ended).toBe(true);
    // Relative to the whole duration, because the machine may be slow; there are more than seventy batches.
    expect(longest).toBeLessThan((Date.now() - began) / 5);
    expect([await hits(), await messages()]).toEqual([1, 1]);
    expect(await sql`SELECT 1 FROM messages WHERE id = ${kept}::uuid`).toHaveLength(1);
    await sql`DELETE FROM limit_hits WHERE policy = 'test'`;
  }, 120_000);

  it("leaves a row that is in use to the next run, and does not wait for it", async () => {
    const old = async () =>
      (
        await sql<{
          id: string;
        }>`INSERT INTO limit_hits (policy, subject, at) VALUES ('test', '\\x00', app_now() - interval '26 hours') RETURNING id`
      )[0]?.id;
    const [used, unused] = [await old(), await old()];
    await transaction(async (tx) => {
      await tx`SELECT 1 FROM limit_hits WHERE id = ${used}::bigint FOR UPDATE`;
      expect(await cleanUp()).toBe(true);
    });
    expect(await sql`SELECT id FROM limit_hits WHERE id = ANY(${[used, unused]}::bigint[])`).toEqual([{ id: used }]);
    await cleanUp();
    expect(await sql`SELECT id FROM limit_hits WHERE id = ${used}::bigint`).toEqual([]);
  });

  it("keeps a stop for two days after its end, and one that has not ended for ever", async () => {
    const scope = { channel: "SMS", country: null, provider: null } as const;
    const stops = () => count(sql<{ n: number }>`SELECT count(*)::int AS n FROM sending_stops`);
    must(await stopSending(scope, "cli:test"));
    must(await startSending(scope, "cli:test"));
    must(await stopSending(scope, "cli:test"));
    await setClock(86_400 * 2 - 60);
    await cleanUp();
    expect(await stops()).toBe(2);
    await setClock(86_400 * 2 + 60);
    await cleanUp();
    expect(await stops()).toBe(1);
    must(await startSending(scope, "cli:test"));
  });
});

/** Polls from a second connection for the age in milliseconds of the oldest deleting transaction, until the work is done. */
async function longestDelete(work: Promise<unknown>): Promise<number> {
  let [done, longest] = [false, 0];
  void work.finally(() => {
    done = true;
  });
  while (!done) {
    const [row] = await sql<{ ms: number }>`
      SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::float * 1000 AS ms FROM pg_stat_activity
      WHERE datname = current_database() AND state = 'active' AND query LIKE '%DELETE FROM%' AND pid <> pg_backend_pid()`;
    longest = Math.max(longest, row?.ms ?? 0);
    await sleep(10);
  }
  return longest;
}
