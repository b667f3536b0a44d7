import { expect, test } from "vitest";
import { setLocale } from "#lib/accounts/set-locale";
import { sql } from "#lib/db/sql";
import { makeAccount } from "#lib/testing/fixtures";

test("The language is kept for one account and no other", async () => {
  const [one, other] = [await makeAccount(), await makeAccount()];
  await setLocale(one.userId, "en");
  const rows = await sql<{ id: string; locale: string }>`
    SELECT id, locale FROM users WHERE id = ANY(${[one.userId, other.userId]}::uuid[])`;
  expect(Object.fromEntries(rows.map((row) => [row.id, row.locale]))).toEqual({ [one.userId]: "en", [other.userId]: "ja" });
});
