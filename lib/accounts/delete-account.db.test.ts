import { afterEach, describe, expect, it } from "vitest";
import { deleteDue, requestDeletion } from "#lib/accounts/delete-account";
import { sql } from "#lib/db/sql";
import { makeAccount, must, setClock } from "#lib/testing/fixtures";
import { signInOn, stepUp } from "#lib/testing/signed-in";

afterEach(() => setClock(0));

const runJob = async () => {
  for (let over = false; !over; ) over = await deleteDue();
};

describe("a deletion", () => {
  it("waits while the account is frozen, since its owner cannot take it back, and happens after that", async () => {
    const account = await makeAccount();
    const { userId } = account;
    const browser = await stepUp(await signInOn(account), "delete_account");
    must(await requestDeletion(browser.acting, browser.from));
    await setClock(30 * 86_400 + 5);
    await sql`UPDATE users SET restricted_until = app_now() + interval '1 day' WHERE id = ${userId}::uuid`;
    await runJob();
    expect((await sql`SELECT 1 FROM users WHERE id = ${userId}::uuid`).length).toBe(1);
    await setClock(31 * 86_400 + 10);
    await runJob();
    expect(await sql`SELECT 1 FROM users WHERE id = ${userId}::uuid`).toEqual([]);
  });
});
