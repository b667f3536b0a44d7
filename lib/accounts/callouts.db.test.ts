import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keepsCodes, readCallouts } from "#lib/accounts/callouts";
import { noteChange } from "#lib/authenticators/changes";
import { sql } from "#lib/db/sql";
import { recordOutcome } from "#lib/delivery/messages/record";
import type { DeliveryError } from "#lib/errors";
import { type Account, addRecoveryCode, count, forgetLimits, makeAccount, requester, setClock } from "#lib/testing/fixtures";

const DAY = 86_400;

type Mail = { challenge?: string; recipient?: string; channel?: "EMAIL" | "SMS" };

/** A mail to an account whose hand-over is under way. */
async function mailed({ userId }: Account, { challenge, recipient, channel = "EMAIL" }: Mail = {}): Promise<string> {
  const attempt = randomUUID();
  await sql`
    WITH c AS (
      INSERT INTO challenges (token_hash, purpose, user_id, email, locale, expires_at, consumed_at)
      SELECT ${Buffer.from(attempt)}, 'CHANGE_EMAIL', ${userId}::uuid, ${challenge ?? null}, 'ja', app_now(), app_now() WHERE ${challenge !== undefined}::boolean
      RETURNING id
    ), m AS (
      INSERT INTO messages (user_id, challenge_id, template, channel, locale, recipient, tries)
      VALUES (${userId}::uuid, (SELECT id FROM c), 'notice.new_device', ${channel}::channel, 'ja', ${recipient ?? null}, 1) RETURNING id, created_at)
    INSERT INTO delivery_attempts (id, message_id, message_at, provider) SELECT ${attempt}::uuid, m.id, m.created_at, 'smtp' FROM m`;
  return attempt;
}

const refuse = (attempt: string, reason: DeliveryError = "address_refused") => recordOutcome(attempt, { status: "failed", reason });
const refused = async ({ userId }: Account) => (await readCallouts(userId)).emailRefused;

beforeEach(forgetLimits);
afterEach(() => setClock(0));

describe("A mail that the account's address refuses for good", () => {
  it("is called out until a mail arrives there", async () => {
    const account = await makeAccount();
    await refuse(await mailed(account));
    expect(await refused(account)).toBe(true);
    await refuse(await mailed(account), "rejected");
    expect(await refused(account)).toBe(true);
    await recordOutcome(await mailed(account), { status: "sent" });
    expect(await refused(account)).toBe(false);
  });

  it("is not called out for a mail to another address, for a text, or for a refusal that says nothing of the mailbox", async () => {
    const account = await makeAccount();
    await refuse(await mailed(account, { recipient: "second@example.jp" }));
    await refuse(await mailed(account, { challenge: "new@example.jp" }));
    await refuse(await mailed(account, { channel: "SMS" }));
    await refuse(await mailed(account), "rejected");
    await refuse(await mailed(account), "provider_down");
    expect(await refused(account)).toBe(false);
    await refuse(await mailed(account, { challenge: account.email }));
    expect(await refused(account)).toBe(true);
    await recordOutcome(await mailed(account, { recipient: "second@example.jp" }), { status: "sent" });
    await recordOutcome(await mailed(account, { challenge: "new@example.jp" }), { status: "sent" });
    expect(await refused(account)).toBe(true);
  });

  it("is not called out for the address before a change", async () => {
    const account = await makeAccount();
    const late = await mailed(account);
    await noteChange(sql, { userId: account.userId, kind: "email_changed", oldEmail: account.email });
    await refuse(late);
    expect(await refused(account)).toBe(false);
    await setClock(1);
    await refuse(await mailed(account));
    expect(await refused(account)).toBe(true);
  });
});

describe("The question whether the recovery codes are still there", () => {
  const asked = async ({ userId }: Account) => (await readCallouts(userId)).askCodes;

  it("is asked a year after they were saved, and a year after each answer", async () => {
    const account = await makeAccount();
    await addRecoveryCode(account.userId);
    const answers: boolean[] = [];
    for (const days of [1, 364, 366]) {
      await setClock(days * DAY);
      answers.push(await asked(account));
    }
    await keepsCodes(account.userId, requester);
    answers.push(await asked(account));
    for (const days of [366 + 364, 366 + 366]) {
      await setClock(days * DAY);
      answers.push(await asked(account));
    }
    expect(answers).toEqual([false, false, true, false, false, true]);
    const events = sql<{ n: number }>`
      SELECT count(*)::int AS n FROM audit_events WHERE event = 'recovery_codes.confirmed' AND subject = (SELECT audit_subject FROM users WHERE id = ${account.userId}::uuid)`;
    expect(await count(events)).toBe(1);
  });

  it("is not asked of an account that has none left, and names the numbers in doubt besides", async () => {
    const account = await makeAccount();
    await setClock(366 * DAY);
    expect(await readCallouts(account.userId)).toEqual({ emailRefused: false, askCodes: false, doubted: [account.e164.slice(-4)] });
  });
});
