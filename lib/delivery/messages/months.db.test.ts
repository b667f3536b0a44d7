import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { sql, transaction } from "#lib/db/sql";
import { dropMonths, makeMonths } from "#lib/delivery/messages/months";
import { cleanUp } from "#lib/jobs/clean-up";
import { count, forgetPolicy, setClock, setPolicy } from "#lib/testing/fixtures";

const DAY = 86_400;

/** Writes a message with an attempt, and returns the table that took it. */
async function write(): Promise<string> {
  const [row] = await sql<{ place: string }>`
    WITH m AS (INSERT INTO messages (template, channel, locale, status) VALUES ('notice.months', 'SMS', 'ja', 'sent') RETURNING id, created_at, tableoid), a AS (
      INSERT INTO delivery_attempts (message_id, message_at, provider) SELECT id, created_at, 'test' FROM m)
    SELECT m.tableoid::regclass::text AS place FROM m`;
  return row?.place ?? "";
}
const left = () =>
  count(sql<{ n: number }>`
    SELECT (count(m.id) + count(a.id))::int AS n FROM messages m LEFT JOIN delivery_attempts a ON a.message_id = m.id WHERE m.template = 'notice.months'`);
const months = async () => (await sql<{ month: string }>`SELECT month FROM message_months ORDER BY ends_at`).map(({ month }) => month);
const monthAt = async () =>
  (await sql<{ month: string }>`SELECT to_char(app_now() AT TIME ZONE 'UTC', 'YYYY_MM') AS month`)[0]?.month ?? "";

afterEach(async () => {
  await setClock(0);
  await sql`DELETE FROM messages WHERE template = 'notice.months'`;
  await makeMonths();
});

describe("The months of messages", () => {
  it("are made ahead, take what is written in them, and are dropped with their attempts when they are over for 90 days", async () => {
    await setClock(400 * DAY);
    await cleanUp();
    const [first, next] = await months();
    expect([first, await write()]).toEqual([await monthAt(), `messages_${first}`]);
    await setClock(435 * DAY);
    await cleanUp();
    expect((await months()).slice(0, 2)).toEqual([first, next]);
    expect(await write()).toBe(`messages_${next}`);
    const [{ after } = { after: 0 }] = await sql<{ after: number }>`
      SELECT extract(epoch FROM min(ends_at) - now())::int AS after FROM message_months WHERE month = ${first ?? ""}`;
    await setClock(after + 90 * DAY - 60);
    await cleanUp();
    expect([(await months())[0], await left()]).toEqual([first, 4]);
    await setClock(after + 90 * DAY + 60);
    await cleanUp();
    expect([(await months())[0], await left()]).toEqual([next, 2]);
  });

  it("are kept for as many days as the policy says, and for thirty at least", async () => {
    await setClock(1_000 * DAY);
    await cleanUp();
    const [first] = await months();
    const [{ after } = { after: 0 }] = await sql<{ after: number }>`
      SELECT extract(epoch FROM min(ends_at) - now())::int AS after FROM message_months WHERE month = ${first ?? ""}`;
    const keptAfter = async (days: number) => {
      await setClock(after + days * DAY);
      await cleanUp();
      return (await months()).includes(first ?? "");
    };
    await setPolicy("keepMessageDays", 120);
    expect(await keptAfter(119)).toBe(true);
    // A row of the policy that no form and no command writes.
    await sql`INSERT INTO policy_changes (name, value, by) VALUES ('keepMessageDays', '0', 'test')`;
    expect(await keptAfter(29)).toBe(true);
    expect(await keptAfter(31)).toBe(false);
    await forgetPolicy();
  });

  it("that were not made in time leave their rows in a table that is cleaned row by row", async () => {
    await setClock(800 * DAY);
    expect(await write()).toBe("messages_rest");
    await makeMonths();
    expect(await months()).not.toContain(await monthAt());
    expect(await write()).toBe("messages_rest");
    await setClock(891 * DAY);
    await cleanUp();
    expect(await left()).toBe(0);
  });

  it("are not waited for: what holds one of them goes on, and so does a send; each is tried again", async () => {
    await setClock(1200 * DAY);
    await cleanUp();
    const [first] = await months();
    await setClock(1400 * DAY);
    await makeMonths();
    await transaction(async (tx) => {
      await tx`SELECT 1 FROM messages LIMIT 1`;
      const drop = dropMonths();
      let longest = 0;
      for (let sends = 0; sends < 40; sends += 1) {
        const began = performance.now();
        await write();
        longest = Math.max(longest, performance.now() - began);
      }
      // A send waits behind the drop for 50 ms at most; without its limit, until the limit of the connection.
      expect(longest).toBeLessThan(1_500);
      expect(await drop).toEqual([]);
    });
    expect(await months()).toContain(first);
    let dropped: Promise<string[]> = Promise.resolve([]);
    await transaction(async (tx) => {
      await tx`SELECT 1 FROM messages LIMIT 1`;
      dropped = dropMonths();
      await sleep(150);
    });
    expect(await dropped).toContain(first);
  }, 60_000);
});
