import { describe, expect, it } from "vitest";
import { signIn } from "#lib/accounts/sign-in";
import { listPhones } from "#lib/authenticators/phones/list-phones";
import { SealError } from "#lib/crypto/seal";
import { sql } from "#lib/db/sql";
import { demoMessages } from "#lib/demo/inbox";
import { unreadable } from "#lib/jobs/state";
import { readChallenge, sendCode, verifyChallenge } from "#lib/purposes/challenges";
import { sendMessage } from "#lib/purposes/messages";
import { codeOf, makeAccount, must, PASSWORD, passPassword, requester } from "#lib/testing/fixtures";

/**
 * An attacker with write access to the tables can give rows to another account, but their sealed values do not open for the new owner (PH-03, G03).
 */

const victimAndThief = async () => [await makeAccount(), await makeAccount()] as const;
const messageOf = async (userId: string) =>
  (await sql<{ id: string }>`SELECT id FROM messages WHERE user_id = ${userId}::uuid ORDER BY created_at DESC LIMIT 1`)[0]?.id ?? "";
const tried = async (messageId: string) => sql`SELECT 1 FROM delivery_attempts WHERE message_id = ${messageId}::uuid`;

describe("A phone that was given to another account in its table", () => {
  it("gets no text, signs nobody in, is not shown, and the doctor counts it", async () => {
    const [victim, thief] = await victimAndThief();
    await sql`DELETE FROM authenticators WHERE user_id = ${victim.userId}::uuid`;
    await sql`UPDATE authenticators SET user_id = ${victim.userId}::uuid WHERE id = ${thief.phoneId}::uuid`;
    await expect(signIn({ identifier: victim.email, password: PASSWORD }, requester)).rejects.toThrow(SealError);
    await expect(listPhones(victim.userId)).rejects.toThrow(SealError);
    await sql`DELETE FROM authenticators WHERE id <> ${thief.phoneId}::uuid`;
    expect(await unreadable()).toEqual([{ what: "numbers", key: "test", count: 1 }]);
    await sql`DELETE FROM authenticators`;
  });

  it("while a challenge is open, gets no text: neither the one that is queued nor another", async () => {
    const [victim, thief] = await victimAndThief();
    const token = await passPassword(victim);
    const queued = await messageOf(victim.userId);
    await sql`UPDATE authenticators SET user_id = ${victim.userId}::uuid WHERE id = ${thief.phoneId}::uuid`;
    await sql`UPDATE messages SET authenticator_id = ${thief.phoneId}::uuid WHERE id = ${queued}::uuid`;
    await sql`UPDATE challenge_codes SET authenticator_id = ${thief.phoneId}::uuid WHERE challenge_id = (SELECT challenge_id FROM messages WHERE id = ${queued}::uuid)`;
    await expect(sendMessage(queued)).rejects.toThrow(SealError);
    await expect(sendCode(token, { method: "sms", phoneId: thief.phoneId }, requester)).rejects.toThrow(SealError);
    await expect(readChallenge(token)).rejects.toThrow(SealError);
    expect(await tried(queued)).toEqual([]);
    expect(await demoMessages(thief.e164, null)).toEqual([]);
  });

  it("gets no text either where it stays its owner's and the message alone points to it", async () => {
    const [victim, thief] = await victimAndThief();
    await passPassword(victim);
    const queued = await messageOf(victim.userId);
    await sql`UPDATE messages SET authenticator_id = ${thief.phoneId}::uuid WHERE id = ${queued}::uuid`;
    await expect(sendMessage(queued)).rejects.toThrow(SealError);
    expect(await tried(queued)).toEqual([]);
  });
});

it("A sealed number that was moved to another row does not open (G03)", async () => {
  const [victim, thief] = await victimAndThief();
  await sql`UPDATE phones SET number_sealed = (SELECT number_sealed FROM phones WHERE id = ${thief.phoneId}::uuid) WHERE id = ${victim.phoneId}::uuid`;
  await expect(signIn({ identifier: victim.email, password: PASSWORD }, requester)).rejects.toThrow(SealError);
});

it("A code whose challenge was given to another account does not open (G03)", async () => {
  const [victim, thief] = await victimAndThief();
  const token = must(await signIn({ identifier: thief.email, password: PASSWORD }, requester)).token;
  const code = await codeOf(token);
  // The row of the phone moves too, so that the challenge is a plausible one for the victim.
  await sql`UPDATE challenges SET user_id = ${victim.userId}::uuid WHERE user_id = ${thief.userId}::uuid`;
  await sql`UPDATE authenticators SET user_id = ${victim.userId}::uuid WHERE id = ${thief.phoneId}::uuid`;
  await expect(verifyChallenge(token, { code }, requester)).rejects.toThrow(SealError);
  expect(await sql`SELECT 1 FROM sessions WHERE user_id = ${victim.userId}::uuid`).toEqual([]);
});

it("A demo message that was filed under another number is not shown to it", async () => {
  const [victim, thief] = await victimAndThief();
  await passPassword(victim);
  await sendMessage(await messageOf(victim.userId));
  const [message] = await demoMessages(victim.e164, null);
  expect(message?.code).toMatch(/^\d{6}$/);
  await passPassword(thief);
  await sendMessage(await messageOf(thief.userId));
  const [own] = await demoMessages(thief.e164, null);
  await sql`UPDATE demo_messages SET to_hash = (SELECT to_hash FROM demo_messages WHERE id = ${own?.id}::uuid) WHERE id = ${message?.id}::uuid`;
  await expect(demoMessages(thief.e164, null)).rejects.toThrow(SealError);
});
