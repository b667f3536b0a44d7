import { setTimeout } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { signIn } from "#lib/accounts/sign-in";
import { confirmRecoveryCodes, issuedRecoveryCodes, prepareRecoveryCodes } from "#lib/authenticators/recovery-codes/recovery-codes";
import { HasherBusy } from "#lib/crypto/password-hash";
import { transaction } from "#lib/db/sql";
import { verifyChallenge } from "#lib/purposes/challenges";
import { type Account, forgetLimits, forgetRecoveryCodes, makeAccount, must, PASSWORD, requester } from "#lib/testing/fixtures";

beforeEach(forgetLimits);

async function withCodes(): Promise<Account & { code: string }> {
  const account = await makeAccount();
  await forgetRecoveryCodes(account.userId);
  await transaction((tx) => prepareRecoveryCodes(tx, account.userId, requester));
  const [first = "", code = ""] = must(await issuedRecoveryCodes(account.userId));
  must(await confirmRecoveryCodes(account.userId, { code: first }, requester));
  return { ...account, code };
}

describe("Recovery codes at the hasher", () => {
  it("go in as the owner's although one address fills the queue with guesses at accounts of its own (PW-05)", {
    timeout: 60_000,
  }, async () => {
    const owner = await withCodes();
    const strangers = await Promise.all(Array.from({ length: 3 }, withCodes));
    const { token } = must(await signIn({ identifier: owner.email, password: PASSWORD }, { ...requester, ip: "203.0.113.5" }));
    const at = { ...requester, ip: "198.51.100.7" };
    const refused = { count: 0 };
    let over = false;
    const guesses: Promise<unknown>[] = [];
    const refuse = (error: unknown) => {
      if (!(error instanceof HasherBusy)) throw error;
      refused.count += 1;
    };
    const floods = strangers.map(async ({ email }) => {
      while (!over) {
        const opened = await signIn({ identifier: email, password: PASSWORD }, at).catch(refuse);
        if (!opened?.ok) continue;
        for (let n = 0; n < 5; n += 1)
          guesses.push(verifyChallenge(opened.value.token, { method: "recovery_code", code: "0000-0000-0000-0000" }, at).catch(refuse));
      }
    });
    // Without fair shares the queue of 200 is full after a second and a half.
    for (let waited = 0; waited < 3000 && refused.count === 0; waited += 100) await setTimeout(100);
    const verified = await verifyChallenge(token, { method: "recovery_code", code: owner.code }, { ...requester, ip: "203.0.113.5" });
    expect(must(verified).next).toBe("done");
    over = true;
    await Promise.all(floods);
    await Promise.all(guesses);
  });
});
