import { beforeEach, describe, expect, it } from "vitest";
import { removePhone } from "#lib/authenticators/phones/removed-phone";
import { takeSendLimits } from "#lib/authenticators/phones/send-limits";
import { sql, transaction } from "#lib/db/sql";
import { queueNotice } from "#lib/delivery/messages/queue-notice";
import { sendMessage } from "#lib/purposes/messages";
import { type Account, bindNumber, forgetLimits, freshNumber, makeAccount, together } from "#lib/testing/fixtures";

// The texts of notices have limits of their own: who causes them can neither send without end nor spend what codes need (RL-12, F16).

// The environment is read once, at first use.
Object.assign(process.env, { SENDS_PER_COUNTRY_HOUR: "40", SENDS_KEPT_PERCENT: "50" });

/** Queues so many notices of an account and sends their texts, all at once; returns what became of the texts. */
async function notify({ userId }: Pick<Account, "userId">, times = 1): Promise<string[]> {
  for (let one = 0; one < times; one += 1)
    await transaction((tx) => queueNotice(tx, { userId, template: "notice.password_changed", locale: "ja" }));
  const queued = await sql<{
    id: string;
  }>`SELECT id FROM messages WHERE user_id = ${userId}::uuid AND channel = 'SMS' AND status = 'queued'`;
  await together(queued.length, (at) => sendMessage(queued[at]?.id ?? ""));
  const ended = await sql<{ ended: string }>`
    SELECT coalesce(reason, status::text) AS ended FROM messages WHERE id = ANY(${queued.map(({ id }) => id)}::uuid[])`;
  return ended.map((one) => one.ended);
}
const sent = (ended: string[]) => ended.filter((one) => one === "delivered").length;
const mails = async ({ userId }: Account) =>
  (await sql`SELECT 1 FROM messages WHERE user_id = ${userId}::uuid AND channel = 'EMAIL'`).length;
/** Takes the limits of a code to the account's number, asked on a browser that it does not know. */
const code = ({ userId, phoneId, e164 }: Account) =>
  transaction((tx) =>
    takeSendLimits(
      tx,
      { channel: "SMS", authenticatorId: phoneId, to: e164, country: "JP", proven: true },
      { userId, ip: crypto.randomUUID(), deviceId: null },
    ),
  );

beforeEach(forgetLimits);

describe("Texts of notices", () => {
  it("to one number are ten a day, all at once or not, and the mails go on", async () => {
    const account = await makeAccount();
    const ended = await notify(account, 14);
    expect([sent(ended), ended.filter((one) => one === "throttled").length]).toEqual([10, 4]);
    expect(await mails(account)).toBe(14);
  });

  it("are counted by the number: one that is removed and bound again, here or elsewhere, gets no further ten", async () => {
    const [account, other] = [await makeAccount(), await makeAccount({ phone: false })];
    await notify(account, 10);
    await transaction((tx) => removePhone(tx, account.userId, account.phoneId));
    await bindNumber(account.userId, account.e164);
    expect(await notify(account)).toEqual(["throttled"]);
    await sql`DELETE FROM authenticators WHERE user_id = ${account.userId}::uuid AND kind = 'phone'`;
    await bindNumber(other.userId, account.e164);
    expect(await notify(other)).toEqual(["throttled"]);
  });

  it("of one account are thirty a day, however many numbers it has had", async () => {
    const account = await makeAccount();
    for (let round = 0; round < 3; round += 1) {
      await sql`DELETE FROM limit_rings`;
      await sql`DELETE FROM authenticators WHERE user_id = ${account.userId}::uuid AND kind = 'phone'`;
      await bindNumber(account.userId, freshNumber());
      expect(sent(await notify(account, 10))).toBe(10);
    }
    await sql`DELETE FROM authenticators WHERE user_id = ${account.userId}::uuid AND kind = 'phone'`;
    await bindNumber(account.userId, freshNumber());
    expect(await notify(account)).toEqual(["throttled"]);
  });

  it("take nothing from the codes of their account, and of the budgets only what is not kept for proven numbers", async () => {
    const accounts = await Promise.all(Array.from({ length: 3 }, () => makeAccount()));
    const ended: string[] = [];
    for (const account of accounts) ended.push(...(await notify(account, 10)));
    expect([sent(ended), ended.filter((one) => one === "budget_spent").length]).toEqual([20, 10]);
    const [first] = accounts;
    if (!first) throw new Error("no account");
    for (let text = 0; text < 20; text += 1) {
      await sql`DELETE FROM limit_hits`;
      expect(await code(first)).toBeNull();
    }
  });

  it("that no limit lets out leave no number of a removed phone behind", async () => {
    const account = await makeAccount();
    await bindNumber(account.userId);
    await notify(account, 10);
    await transaction(async (tx) => {
      const removed = await removePhone(tx, account.userId, account.phoneId);
      const gone = [{ id: account.phoneId, country: "JP", sealed: removed?.sealed ?? "" }];
      await queueNotice(tx, { userId: account.userId, template: "notice.phone_removed", locale: "ja", gone });
    });
    await notify(account, 0);
    expect(await sql`SELECT 1 FROM messages WHERE user_id = ${account.userId}::uuid AND number_sealed IS NOT NULL`).toEqual([]);
  });
});
