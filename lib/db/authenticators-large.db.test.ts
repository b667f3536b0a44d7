import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, expect, it, vi } from "vitest";
import { migrate } from "#lib/db/migrate";
import { env } from "#lib/env";
import { NEWER, oldCrowd, oldDatabase } from "#lib/testing/before-authenticators";
import { asSuperuser, dropDatabase, withDatabase } from "../../scripts/test/cluster.ts";

vi.mock("node:fs", async (original) => (await import("#lib/testing/older-folder")).hiding(await original()));

const ACCOUNTS = 100_000;
const large = withDatabase(env().DATABASE_URL, `large_${randomBytes(4).toString("hex")}`);
afterAll(() => dropDatabase(large));

it("The migrations to authenticators and monthly keys take seconds for a hundred thousand accounts and two hundred thousand texts.", async () => {
  await oldDatabase(env().DATABASE_URL, large);
  const superuser = new pg.Client({ connectionString: asSuperuser(large) });
  await superuser.connect();
  for (const statement of oldCrowd(ACCOUNTS)) await superuser.query(statement);
  const begun = performance.now();
  const { applied } = await migrate(large);
  console.log(`${ACCOUNTS} accounts, ${2 * ACCOUNTS} messages: migrated in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  const { rows } = await superuser.query(`SELECT (SELECT count(*)::int FROM account_phones) AS phones,
    (SELECT count(*)::int FROM usable_recovery_codes) AS codes, (SELECT count(*)::int FROM messages WHERE to_new_number) AS weighed,
    (SELECT count(*)::int FROM delivery_attempts a JOIN messages m ON (m.id, m.created_at) = (a.message_id, a.message_at)) AS attempts`);
  await superuser.end();
  expect(applied.slice(0, NEWER.length)).toEqual(NEWER);
  // Every second text of the last day went to a new number: one every two minutes.
  expect(rows).toEqual([{ phones: ACCOUNTS, codes: ACCOUNTS, weighed: 719, attempts: 2 * ACCOUNTS }]);
}, 120_000);
