import { afterEach, expect, test } from "vitest";
import { signUp } from "#lib/accounts/sign-up";
import { lockedUntil } from "#lib/challenges/lock";
import { sql } from "#lib/db/sql";
import { makeAccount, must, PASSWORD, passPassword, requester, setClock } from "#lib/testing/fixtures";

afterEach(() => setClock(0));

test("Whoever passed the password is told until when the account takes no codes, and nothing once it does", async () => {
  const account = await makeAccount();
  const token = await passPassword(account);
  expect(await lockedUntil(token)).toBeNull();
  await sql`UPDATE users SET locked_until = app_now() + interval '15 minutes' WHERE id = ${account.userId}::uuid`;
  const until = Date.parse((await lockedUntil(token)) ?? "");
  expect(Math.round((until - Date.now()) / 60_000)).toBe(15);
  await setClock(15 * 60 + 1);
  expect(await lockedUntil(token)).toBeNull();
});

test("A challenge without an account, an unknown token and no token know of no lock", async () => {
  const email = `${crypto.randomUUID()}@example.jp`;
  const { token } = must(await signUp({ email, password: PASSWORD, locale: "ja" }, requester));
  for (const one of [token, "A".repeat(43), "", "\0"]) expect(await lockedUntil(one)).toBeNull();
});
