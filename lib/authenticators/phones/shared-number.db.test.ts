import { expect, it, vi } from "vitest";
import { bindPhone } from "#lib/accounts/bind-phone";
import { signIn } from "#lib/accounts/sign-in";
import { sql } from "#lib/db/sql";
import { verifyChallenge } from "#lib/purposes/challenges";
import { codeOf, forgetLimits, freshNumber, makeAccount, must, PASSWORD, requester } from "#lib/testing/fixtures";

vi.hoisted(() => {
  process.env.ACCOUNTS_PER_PHONE = "2";
});

/** Binds a number to a fresh account, up to the answer to its code. */
async function proveNumber(number: string) {
  const { email } = await makeAccount({ phone: false });
  const proving = must(await signIn({ identifier: email, password: PASSWORD }, requester)).token;
  const proven = must(await verifyChallenge(proving, { code: await codeOf(proving) }, requester));
  const token = proven.next === "bind_phone" ? proven.challengeToken : "";
  await forgetLimits();
  must(await bindPhone(token, { number, channel: "sms", acceptRisk: true }, requester));
  return verifyChallenge(token, { code: await codeOf(token) }, requester);
}

it("A number is held by as many accounts as ACCOUNTS_PER_PHONE says and by no more, and names none of them at sign-in (G10)", async () => {
  const number = freshNumber();
  expect((await proveNumber(number)).ok).toBe(true);
  expect((await proveNumber(number)).ok).toBe(true);
  expect(await proveNumber(number)).toMatchObject({ ok: false, error: { code: "number_taken" } });
  expect(await sql`SELECT slot FROM phones WHERE slot IS NOT NULL ORDER BY slot`).toEqual([{ slot: 1 }, { slot: 2 }]);
  expect(await signIn({ identifier: number, password: PASSWORD }, requester)).toMatchObject({ error: { code: "credentials_wrong" } });
});
