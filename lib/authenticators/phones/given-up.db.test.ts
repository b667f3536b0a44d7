import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addPhone } from "#lib/accounts/phones";
import { beginReset } from "#lib/accounts/reset-password";
import { signIn } from "#lib/accounts/sign-in";
import { listPhones } from "#lib/authenticators/phones/list-phones";
import { resetCodePlace } from "#lib/crypto/code-seal";
import { unseal } from "#lib/crypto/seal";
import { sql } from "#lib/db/sql";
import { verifyChallenge } from "#lib/purposes/challenges";
import { type Account, codeOf, forgetLimits, makeAccount, must, PASSWORD, requester, setClock } from "#lib/testing/fixtures";
import { isAlive, signInOn, stepUp, told } from "#lib/testing/signed-in";

const WAIT = 72 * 3600;

/** An account that has not used its number for 200 days. */
async function idleHolder(): Promise<Account> {
  const holder = await makeAccount();
  await sql`UPDATE authenticators SET verified_at = app_now() - interval '200 days' WHERE id = ${holder.phoneId}::uuid`;
  return holder;
}

/** Proves a number for an account, in a browser that has just stepped up. */
async function claim(account: Account, number: string) {
  await forgetLimits();
  const browser = await stepUp(await signInOn(account), "manage_factors");
  const { token } = must(await addPhone(browser.acting, { number, channel: "sms", acceptRisk: true }, browser.from));
  return verifyChallenge(token, { code: await codeOf(token) }, browser.from);
}

const doubt = ({ phoneId }: Account) => sql`UPDATE phones SET doubted_at = app_now() WHERE id = ${phoneId}::uuid`;

beforeEach(forgetLimits);
afterEach(() => setClock(0));

describe("A number that its holder no longer uses", () => {
  it("is handed over after 72 hours in which the holder is told; the holder's account then opens by no mailbox alone (SU-05, RS-02)", async () => {
    const [holder, claimant] = [await idleHolder(), await makeAccount()];
    expect(await claim(claimant, holder.e164)).toMatchObject({ error: { code: "number_taken", until: expect.any(String) } });
    expect(await told(holder.userId, "notice.takeover")).toBe(1);
    await setClock(WAIT + 5);
    must(await claim(claimant, holder.e164));
    expect([(await listPhones(holder.userId)).length, (await listPhones(claimant.userId)).length]).toEqual([0, 2]);
    const { token } = must(await beginReset({ identifier: holder.email, locale: "ja" }, requester));
    const [row] = await sql<{ sealed: string }>`SELECT sealed FROM reset_codes WHERE user_id = ${holder.userId}::uuid`;
    const code = unseal(row?.sealed ?? "", resetCodePlace(holder.userId));
    expect(must(await verifyChallenge(token, { code }, requester)).next).toBe("verify");
    const opened = must(await signIn({ identifier: holder.email, password: PASSWORD }, requester));
    expect(opened.view).toMatchObject({ purpose: "SIGN_IN", delivery: null });
  });

  it("stays the holder's who has used it within the wait, also when it is doubted again later", async () => {
    const [holder, claimant] = [await makeAccount(), await makeAccount()];
    await doubt(holder);
    expect(await claim(claimant, holder.e164)).toMatchObject({ error: { until: expect.any(String) } });
    await setClock(3600);
    await forgetLimits();
    await signInOn(holder);
    for (const at of [WAIT + 5, WAIT + 86_400]) {
      await setClock(at);
      const refused = await claim(claimant, holder.e164);
      expect(refused).toMatchObject({ error: { code: "number_taken" } });
      expect(refused).not.toHaveProperty("error.until");
    }
    expect((await listPhones(holder.userId)).length).toBe(1);
  });

  it("takes the sessions with it that rest on it (FA-01)", async () => {
    const [holder, claimant] = [await makeAccount(), await makeAccount()];
    const browser = await signInOn(holder);
    await doubt(holder);
    await claim(claimant, holder.e164);
    await sql`UPDATE takeovers SET due_at = app_now() WHERE from_user_id = ${holder.userId}::uuid`;
    must(await claim(claimant, holder.e164));
    expect(await isAlive(browser)).toBe(false);
  });
});
