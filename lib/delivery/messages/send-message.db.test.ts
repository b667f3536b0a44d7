import { afterEach, describe, expect, it } from "vitest";
import { bindPhone } from "#lib/accounts/bind-phone";
import { signIn } from "#lib/accounts/sign-in";
import { sql } from "#lib/db/sql";
import { verifyChallenge } from "#lib/purposes/challenges";
import { sendMessage } from "#lib/purposes/messages";
import { codeOf, freshNumber, makeAccount, must, otherThan, PASSWORD, passPassword, requester, setClock } from "#lib/testing/fixtures";

async function sendLatest(userId: string): Promise<string | undefined> {
  const [message] = await sql<{ id: string }>`
    SELECT id FROM messages WHERE user_id = ${userId}::uuid AND template LIKE 'code.%' ORDER BY created_at DESC LIMIT 1`;
  if (!message) throw new Error("no message was queued");
  await sendMessage(message.id);
  const [row] = await sql<{ status: string }>`SELECT status FROM messages WHERE id = ${message.id}::uuid`;
  return row?.status;
}

afterEach(() => setClock(0));

describe("A queued code", () => {
  it("is not sent for a challenge whose attempts are spent", async () => {
    const account = await makeAccount();
    const token = await passPassword(account);
    const code = await codeOf(token);
    for (let guess = 1; guess <= 5; guess += 1) await verifyChallenge(token, { code: otherThan(code, guess) }, requester);
    expect(await sendLatest(account.userId)).toBe("failed");
  });

  it("is not sent once it is over, although its challenge goes on", async () => {
    const account = await makeAccount({ phone: false });
    const proving = must(await signIn({ identifier: account.email, password: PASSWORD }, requester)).token;
    const proven = must(await verifyChallenge(proving, { code: await codeOf(proving) }, requester));
    const token = proven.next === "bind_phone" ? proven.challengeToken : "";
    must(await bindPhone(token, { number: freshNumber(), channel: "sms", acceptRisk: true }, requester));
    await setClock(601);
    expect(await sendLatest(account.userId)).toBe("failed");
  });

  it("is sent while its challenge is open", async () => {
    const account = await makeAccount();
    await passPassword(account);
    expect(await sendLatest(account.userId)).toBe("delivered");
  });
});
