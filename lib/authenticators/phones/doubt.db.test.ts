import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { beginReset } from "#lib/accounts/reset-password";
import { signIn } from "#lib/accounts/sign-in";
import { listPhones } from "#lib/authenticators/phones/list-phones";
import { resetCodePlace } from "#lib/crypto/code-seal";
import { unseal } from "#lib/crypto/seal";
import { sql } from "#lib/db/sql";
import { recordOutcome, recordReceipt } from "#lib/delivery/messages/record";
import { readChallenge, sendCode, verifyChallenge } from "#lib/purposes/challenges";
import {
  type Account,
  addRecoveryCode,
  bindNumber,
  codeOf,
  forgetLimits,
  makeAccount,
  must,
  PASSWORD,
  passPassword,
  requester,
  setClock,
  signedIn,
} from "#lib/testing/fixtures";

const DAY = 86_400;

const doubted = async ({ userId }: Account) => (await listPhones(userId)).map((line) => line.doubted);

/** A reset that waits for its second factor. */
async function atFactor({ userId, email }: Account): Promise<string> {
  const { token } = must(await beginReset({ identifier: email, locale: "ja" }, requester));
  const [row] = await sql<{ sealed: string }>`SELECT sealed FROM reset_codes WHERE user_id = ${userId}::uuid`;
  const code = unseal(row?.sealed ?? "", resetCodePlace(userId));
  const proven = must(await verifyChallenge(token, { code }, requester));
  return "challengeToken" in proven ? proven.challengeToken : "";
}

/** One text of an account with an attempt that is under way. */
async function texted({ userId }: Account, phoneId: string, channel = "SMS"): Promise<string> {
  const attempt = randomUUID();
  await sql`
    WITH m AS (
      INSERT INTO messages (user_id, authenticator_id, template, channel, country, locale, status, tries)
      VALUES (${userId}::uuid, ${phoneId}::uuid, 'notice.password_changed', ${channel}::channel, 'JP', 'ja', 'sent', 1) RETURNING id, created_at)
    INSERT INTO delivery_attempts (id, message_id, message_at, provider, account_id, status, provider_ref)
    SELECT ${attempt}::uuid, m.id, m.created_at, 'demo', (SELECT id FROM provider_accounts WHERE name = 'demo'), 'sent', ${attempt} FROM m`;
  return attempt;
}

const methodsAt = async (token: string) => (await readChallenge(token))?.view.methods.map(({ method }) => method);

beforeEach(forgetLimits);
afterEach(() => setClock(0));

describe("A number that a receipt calls nobody's", () => {
  it("is in doubt from then on, whether the hand-over or an authenticated receipt said so (PSTN-10)", async () => {
    const account = await makeAccount();
    await recordOutcome(await texted(account, account.phoneId), { status: "failed", reason: "invalid_number" });
    expect(await doubted(account)).toEqual([true]);
    const other = await makeAccount();
    const attempt = await texted(other, other.phoneId);
    const [provider] = await sql<{ id: string }>`SELECT id FROM provider_accounts WHERE name = 'demo'`;
    expect(await recordReceipt(provider?.id ?? "", { attemptId: attempt, status: "undelivered", reason: "invalid_number" })).toBe(
      "recorded",
    );
    expect(await doubted(other)).toEqual([true]);
  });

  it("is not in doubt by any other failure, by a call, by another provider's receipt, or while it is not bound", async () => {
    const account = await makeAccount();
    for (const reason of ["not_reachable", "refused_by_subscriber", "no_sms_service", "rejected", "unknown"] as const)
      await recordOutcome(await texted(account, account.phoneId), { status: "undelivered", reason });
    await recordOutcome(await texted(account, account.phoneId, "VOICE"), { status: "failed", reason: "invalid_number" });
    expect(
      await recordReceipt(randomUUID(), { attemptId: await texted(account, account.phoneId), status: "failed", reason: "invalid_number" }),
    ).toBe("unmatched");
    expect(await doubted(account)).toEqual([false]);
    const pending = await bindNumber(account.userId);
    await sql`
      WITH p AS (UPDATE phones SET slot = NULL WHERE id = ${pending.phoneId}::uuid RETURNING id) UPDATE authenticators a SET verified_at = NULL FROM p WHERE a.id = p.id`;
    await recordOutcome(await texted(account, pending.phoneId), { status: "failed", reason: "invalid_number" });
    expect(await sql`SELECT 1 FROM phones WHERE id = ${pending.phoneId}::uuid AND doubted_at IS NOT NULL`).toEqual([]);
  });

  it("stays with one message that says so late, when another was delivered before", async () => {
    const account = await makeAccount();
    const late = await texted(account, account.phoneId);
    await recordOutcome(await texted(account, account.phoneId), { status: "delivered" });
    await recordOutcome(late, { status: "undelivered", reason: "invalid_number" });
    expect(await doubted(account)).toEqual([true]);
  });
});

describe("A number in doubt", () => {
  it("still signs in, and is proven again by that (PSTN-10)", async () => {
    const account = await makeAccount();
    await sql`UPDATE phones SET doubted_at = app_now() WHERE id = ${account.phoneId}::uuid`;
    const wrong = await passPassword(account);
    await verifyChallenge(wrong, { code: "000000" }, requester);
    expect(await doubted(account)).toEqual([true]);
    const token = await passPassword(account);
    expect(await methodsAt(token)).toEqual(["sms", "voice"]);
    signedIn(must(await verifyChallenge(token, { code: await codeOf(token) }, requester)));
    expect(await doubted(account)).toEqual([false]);
    expect(await methodsAt(await atFactor(account))).toEqual(["sms", "voice"]);
  });

  it("is not proven by another factor of the account", async () => {
    const account = await makeAccount();
    const more = await bindNumber(account.userId);
    await sql`UPDATE phones SET doubted_at = app_now() WHERE id = ${more.phoneId}::uuid`;
    await sql`UPDATE phones SET preferred = true WHERE id = ${account.phoneId}::uuid`;
    const token = await passPassword(account);
    signedIn(must(await verifyChallenge(token, { code: await codeOf(token) }, requester)));
    expect(await doubted(account)).toEqual([false, true]);
  });

  it("gets no code of a reset and cannot be chosen for one, while the other factors of the account serve (G09)", async () => {
    const account = await makeAccount();
    const more = await bindNumber(account.userId);
    await addRecoveryCode(account.userId);
    await sql`UPDATE phones SET doubted_at = app_now() WHERE id = ${account.phoneId}::uuid`;
    const token = await atFactor(account);
    const { view } = (await readChallenge(token)) ?? { view: null };
    expect(view?.methods.map(({ method, phoneId }) => [method, phoneId ?? null])).toEqual([
      ["sms", more.phoneId],
      ["voice", more.phoneId],
      ["recovery_code", null],
    ]);
    expect(view?.delivery).toMatchObject({ method: "sms", phoneId: more.phoneId });
    expect(await sendCode(token, { method: "sms", phoneId: account.phoneId }, requester)).toMatchObject({
      error: { code: "method_not_available" },
    });
    await sql`UPDATE phones SET doubted_at = app_now() WHERE id = ${more.phoneId}::uuid`;
    await sql`UPDATE challenges SET voided_at = app_now() WHERE user_id = ${account.userId}::uuid`;
    const alone = await readChallenge(await atFactor(account));
    expect([alone?.view.methods.map(({ method }) => method), alone?.view.delivery]).toEqual([["recovery_code"], null]);
  });

  it("is one that was not used for 180 days, and the reset of an account without another factor has no way on", async () => {
    const account = await makeAccount();
    await setClock(179 * DAY);
    expect(await doubted(account)).toEqual([false]);
    await setClock(181 * DAY);
    expect(await doubted(account)).toEqual([true]);
    const token = await atFactor(account);
    expect([await methodsAt(token), (await readChallenge(token))?.view.delivery]).toEqual([[], null]);
    expect(await sendCode(token, { method: "sms" }, requester)).toMatchObject({ ok: false });
    const { view } = must(await signIn({ identifier: account.email, password: PASSWORD }, requester));
    expect(view.methods.map(({ method }) => method)).toEqual(["sms", "voice"]);
  });
});
