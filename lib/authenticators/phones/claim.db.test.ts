import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { bindPhone } from "#lib/accounts/bind-phone";
import { signIn } from "#lib/accounts/sign-in";
import { removePhone, restorePhone } from "#lib/authenticators/phones/removed-phone";
import { numberHashes } from "#lib/crypto/number-seal";
import { sql, transaction } from "#lib/db/sql";
import { verifyChallenge } from "#lib/purposes/challenges";
import { codeOf, count, freshNumber, makeAccount, must, PASSWORD, requester } from "#lib/testing/fixtures";

vi.hoisted(() => {
  // Read before the first use of a key: what is bound under the second key was bound before the rotation.
  process.env.APP_KEYS = `new:${Buffer.from("sekisho next key, not a secret!!").toString("base64")},${process.env.APP_KEYS}`;
});

describe("A number", () => {
  it("that was bound before a key rotation is still taken after it (ACCOUNTS_PER_PHONE, PH-03)", async () => {
    const holder = await makeAccount();
    const [, older] = numberHashes(holder.e164);
    await sql`UPDATE phones SET number_hash = ${older} WHERE id = ${holder.phoneId}::uuid`;
    const other = await makeAccount({ phone: false });
    const proving = must(await signIn({ identifier: other.email, password: PASSWORD }, requester)).token;
    const proven = must(await verifyChallenge(proving, { code: await codeOf(proving) }, requester));
    const token = proven.next === "bind_phone" ? proven.challengeToken : "";
    must(await bindPhone(token, { number: holder.e164, channel: "sms", acceptRisk: true }, requester));
    expect(await verifyChallenge(token, { code: await codeOf(token) }, requester)).toMatchObject({ error: { code: "number_taken" } });
    expect((await signIn({ identifier: holder.e164, password: PASSWORD }, requester)).ok).toBe(true);
  });

  it("that was removed does not come back where it was bound elsewhere before a key rotation (ACCOUNTS_PER_PHONE, PH-04)", async () => {
    const [account, holder] = [await makeAccount(), await makeAccount()];
    const removed = await transaction((tx) => removePhone(tx, account.userId, account.phoneId));
    if (!removed) throw new Error("nothing was removed");
    const [, older] = numberHashes(account.e164);
    await sql`UPDATE phones SET number_hash = ${older} WHERE id = ${holder.phoneId}::uuid`;
    expect(await transaction((tx) => restorePhone(tx, account.userId, removed))).toBe(false);
  });

  it("that two prove at once while a key is rotated, one under either key, is bound by one of them (ACCOUNTS_PER_PHONE)", async () => {
    const e164 = freshNumber();
    const [, older] = numberHashes(e164);
    const proofs = await Promise.all(
      [0, 1].map(async (turn) => {
        const { userId, email } = await makeAccount({ phone: false });
        const proving = must(await signIn({ identifier: email, password: PASSWORD }, requester)).token;
        const proven = must(await verifyChallenge(proving, { code: await codeOf(proving) }, requester));
        const token = proven.next === "bind_phone" ? proven.challengeToken : "";
        must(await bindPhone(token, { number: e164, channel: "sms", acceptRisk: true }, requester));
        const [row] = await sql<{ id: string }>`SELECT id FROM account_phones WHERE user_id = ${userId}::uuid`;
        if (turn === 1) await sql`UPDATE phones SET number_hash = ${older} WHERE id = ${row?.id}::uuid`;
        return { token, code: await codeOf(token), id: row?.id };
      }),
    );
    // Holds the rows of both numbers until each proof has looked for a slot, or waits for the other to end.
    const verified = await transaction(async (tx) => {
      await tx`SELECT 1 FROM phones WHERE id = ANY(${proofs.map(({ id }) => id)}::uuid[]) FOR UPDATE`;
      const both = proofs.map(({ token, code }) => verifyChallenge(token, { code }, requester));
      await vi.waitFor(async () => expect(await waiting()).toBe(2), { timeout: 1_500, interval: 20 });
      return { both };
    });
    const results = await Promise.all(verified.both);
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    expect(results.find((result) => !result.ok)).toMatchObject({ error: { code: "number_taken" } });
  });
});

/** How many connections to this database wait for a lock. */
const waiting = () =>
  count(sql<{ n: number }>`
    SELECT count(DISTINCT l.pid)::int AS n FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid AND a.datname = current_database() WHERE NOT l.granted`);

describe("The slot of a number and its proof", () => {
  const unproven = (userId: string) => sql`
    WITH pending AS (INSERT INTO authenticators (id, user_id, kind) VALUES (${randomUUID()}::uuid, ${userId}::uuid, 'phone') RETURNING id)
    INSERT INTO phones (id, number_sealed, number_hash, slot, country, channel, risk_accepted_at, risk_notice_version)
    SELECT id, 'x', ${randomBytes(32)}, 1, 'JP', 'SMS', app_now(), 1 FROM pending`;
  const violated = { code: "23514", constraint: "phones_slot_is_proven" };

  it("come together or not at all, judged when the transaction commits, whichever table is written", async () => {
    const { userId, phoneId } = await makeAccount();
    await expect(unproven(userId)).rejects.toMatchObject(violated);
    await expect(sql`UPDATE authenticators SET verified_at = NULL WHERE id = ${phoneId}::uuid`).rejects.toMatchObject(violated);
    await expect(sql`UPDATE phones SET slot = NULL WHERE id = ${phoneId}::uuid`).rejects.toMatchObject(violated);
    await expect(
      transaction(async (tx) => {
        await tx`UPDATE phones SET slot = NULL WHERE id = ${phoneId}::uuid`;
        await tx`UPDATE authenticators SET verified_at = NULL WHERE id = ${phoneId}::uuid`;
      }),
    ).resolves.toBeUndefined();
  });
});
