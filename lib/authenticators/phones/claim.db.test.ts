import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { bindPhone } from "#lib/accounts/bind-phone";
import { signIn } from "#lib/accounts/sign-in";
import { numberHashes } from "#lib/crypto/number-seal";
import { sql, transaction } from "#lib/db/sql";
import { verifyChallenge } from "#lib/purposes/challenges";
import { codeOf, freshNumber, from, makeAccount, must, PASSWORD } from "#lib/testing/fixtures";

vi.hoisted(() => {
  // Read before the first use of a key: what is bound under the second key was bound before the rotation.
  process.env.APP_KEYS = `new:${Buffer.from("sekisho next key, not a secret!!").toString("base64")},${process.env.APP_KEYS}`;
});

describe("a number", () => {
  it("that was bound before a key rotation is still taken after it (ACCOUNTS_PER_PHONE, PH-03)", async () => {
    const holder = await makeAccount();
    const [, older] = numberHashes(holder.e164);
    await sql`UPDATE phones SET number_hash = ${older} WHERE id = ${holder.phoneId}::uuid`;
    const other = await makeAccount({ phone: false });
    const proving = must(await signIn({ identifier: other.email, password: PASSWORD }, from)).token;
    const proven = must(await verifyChallenge(proving, { code: await codeOf(proving) }, from));
    const token = proven.next === "bind_phone" ? proven.challengeToken : "";
    must(await bindPhone(token, { number: holder.e164, channel: "sms", acceptRisk: true }, from));
    expect(await verifyChallenge(token, { code: await codeOf(token) }, from)).toMatchObject({ error: { code: "number_taken" } });
    expect((await signIn({ identifier: holder.e164, password: PASSWORD }, from)).ok).toBe(true);
  });

  it("that two prove at once while a key is rotated, one under either key, is bound by one of them (ACCOUNTS_PER_PHONE)", async () => {
    for (let round = 0; round < 5; round += 1) {
      const e164 = freshNumber();
      const tokens = await Promise.all(
        [0, 1].map(async (turn) => {
          const account = await makeAccount({ phone: false });
          const proving = must(await signIn({ identifier: account.email, password: PASSWORD }, from)).token;
          const proven = must(await verifyChallenge(proving, { code: await codeOf(proving) }, from));
          const token = proven.next === "bind_phone" ? proven.challengeToken : "";
          must(await bindPhone(token, { number: e164, channel: "sms", acceptRisk: true }, from));
          const [, older] = numberHashes(e164);
          if (turn === 1)
            await sql`UPDATE phones SET number_hash = ${older} WHERE id IN (SELECT id FROM authenticators WHERE user_id = ${account.userId}::uuid)`;
          return { token, code: await codeOf(token) };
        }),
      );
      const results = await Promise.all(tokens.map(({ token, code }) => verifyChallenge(token, { code }, from)));
      expect(results.filter((result) => result.ok)).toHaveLength(1);
    }
  });
});

describe("the slot of a number and its proof", () => {
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
