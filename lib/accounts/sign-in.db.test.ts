import { afterEach, describe, expect, it } from "vitest";
import { signIn } from "#lib/accounts/sign-in";
import { sendCode } from "#lib/challenges/send";
import { sql, transaction } from "#lib/db/sql";
import { from, makeAccount, PASSWORD, passPassword, setClock } from "#lib/testing/fixtures";

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

afterEach(() => setClock(0));

describe("sign-in", () => {
  it("and a resend of the challenge it replaces never wait for each other in a circle", async () => {
    const account = await makeAccount();
    await sql`DELETE FROM limit_hits`;
    const token = await passPassword(account);
    // Whoever holds the row lets both come up to it, the resend first.
    const both = await transaction(async (tx) => {
      await tx`SELECT 1 FROM challenges WHERE user_id = ${account.userId}::uuid FOR UPDATE`;
      const resend = sendCode(token, { method: "voice" }, from);
      await pause(300);
      const again = signIn({ identifier: account.email, password: PASSWORD }, from);
      await pause(1000);
      return [resend, again].map((one) => one.then((result) => result.ok).catch(String));
    });
    expect(await Promise.all(both)).toEqual([true, true]);
  });
});
