import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { signIn } from "#lib/accounts/sign-in";
import { SealError, seal } from "#lib/crypto/seal";
import { sealFormat, setSealFormat } from "#lib/crypto/seal-format";
import { readSealFormat } from "#lib/db/seal-format";
import { rotateSigningKey, signingKey } from "#lib/db/signing-keys";
import { sql } from "#lib/db/sql";
import { env } from "#lib/env";
import { reseal } from "#lib/jobs/reseal";
import { unreadable } from "#lib/jobs/state";
import { tasks } from "#lib/jobs/tasks";
import { log } from "#lib/log";
import { verifyChallenge } from "#lib/purposes/challenges";
import { sendMessage } from "#lib/purposes/messages";
import { bindApp } from "#lib/testing/factors";
import { type Account, bindNumber, codeOf, count, forgetLimits, makeAccount, must, PASSWORD, requester } from "#lib/testing/fixtures";
import { wordsOf } from "../../scripts/operator/doctor-words.ts";

/** Tests the migration from sealing without an owner to sealing with one, while users sign in (PH-03, decision 025). */

const owner = new pg.Client({ connectionString: env().DATABASE_URL });
beforeAll(() => owner.connect());
afterAll(() => owner.end());

/** Sets the state of a database with existing values this many minutes after the migration. */
async function migrated(minutesAgo: number): Promise<void> {
  await owner.query("UPDATE seal_format SET owner_from = now() - make_interval(mins => $1), complete_at = NULL", [minutesAgo - 15]);
  await readSealFormat();
}
/** Creates an account whose number is sealed in the format of the previous version. */
async function olderAccount(): Promise<Account> {
  const { ownerWritten, ownerlessOpens } = sealFormat();
  setSealFormat({ ownerWritten: false, ownerlessOpens: true });
  const account = await makeAccount();
  setSealFormat({ ownerWritten, ownerlessOpens });
  return account;
}
const without = () => count(sql<{ n: number }>`SELECT count(*)::int AS n FROM phones WHERE split_part(number_sealed, '.', 3) = ''`);
const isComplete = async () => (await sql<{ done: boolean }>`SELECT complete_at IS NOT NULL AS done FROM seal_format`)[0]?.done;
/** Sets the state one minute after the job found no ownerless value left. */
async function aMinuteLater(): Promise<void> {
  await owner.query("UPDATE seal_format SET complete_at = now() WHERE complete_at > now()");
  await readSealFormat();
}
const signsIn = async (account: Account) => {
  const { token } = must(await signIn({ identifier: account.e164, password: PASSWORD }, requester));
  const [message] = await sql<{
    id: string;
  }>`SELECT id FROM messages WHERE user_id = ${account.userId}::uuid ORDER BY created_at DESC LIMIT 1`;
  await sendMessage(message?.id ?? "");
  return (await verifyChallenge(token, { code: await codeOf(token) }, requester)).ok;
};
const toTheEnd = async () => {
  for (let rest = await reseal(); rest; rest = await reseal(rest));
};

beforeEach(async () => {
  await sql`DELETE FROM authenticators`;
  await forgetLimits();
});

describe("Numbers sealed without their owner", () => {
  it("open while instances of the version before may run, and are neither written nor closed then", async () => {
    await migrated(14);
    const account = await olderAccount();
    const fresh = await makeAccount();
    expect(await without()).toBe(2);
    expect([await signsIn(account), await signsIn(fresh)]).toEqual([true, true]);
    await toTheEnd();
    expect([await without(), await isComplete()]).toEqual([2, false]);
    expect(await unreadable()).toEqual([]);
  });

  it("are written with their owner afterwards, and open still until codes of that time are over", async () => {
    await migrated(16);
    const account = await olderAccount();
    const fresh = await makeAccount();
    expect(await without()).toBe(1);
    await toTheEnd();
    expect([await without(), await isComplete()]).toEqual([0, false]);
    const late = await olderAccount();
    expect([await signsIn(account), await signsIn(fresh), await signsIn(late)]).toEqual([true, true, true]);
  });

  it("open for one more minute once none is left, for a request that has read one just before it was written anew", async () => {
    await migrated(31);
    await toTheEnd();
    await readSealFormat();
    expect([await isComplete(), sealFormat().ownerlessOpens]).toEqual([true, true]);
    await aMinuteLater();
    expect(sealFormat()).toEqual({ ownerWritten: true, ownerlessOpens: false });
  });

  it("are refused for good once none is left, even when one is put back", async () => {
    await migrated(31);
    const [account, thief] = [await olderAccount(), await olderAccount()];
    const [before] = await sql<{ sealed: string }>`SELECT number_sealed AS sealed FROM phones WHERE id = ${thief.phoneId}::uuid`;
    await toTheEnd();
    expect([await without(), await isComplete()]).toEqual([0, true]);
    await aMinuteLater();
    expect([await signsIn(account), await signsIn(thief)]).toEqual([true, true]);
    // A value from an old backup is sealed without its owner, so an attacker with write access could reuse it under another account.
    await sql`DELETE FROM authenticators WHERE user_id = ${account.userId}::uuid`;
    await sql`UPDATE authenticators SET user_id = ${account.userId}::uuid WHERE id = ${thief.phoneId}::uuid`;
    await sql`UPDATE phones SET number_sealed = ${before?.sealed} WHERE id = ${thief.phoneId}::uuid`;
    await expect(signIn({ identifier: account.email, password: PASSWORD }, requester)).rejects.toThrow(SealError);
    await toTheEnd();
    await expect(signIn({ identifier: account.email, password: PASSWORD }, requester)).rejects.toThrow(SealError);
    expect(await unreadable()).toEqual([{ what: "numbers", key: "test", count: 1 }]);
  });

  it("cannot be opened again by the application's login", async () => {
    await expect(sql`UPDATE seal_format SET complete_at = NULL`).rejects.toThrow(/permission denied/);
    await expect(sql`DELETE FROM seal_format`).rejects.toThrow(/permission denied/);
    await expect(sql`INSERT INTO seal_format (id, owner_from) VALUES (true, now())`).rejects.toThrow(/permission denied/);
  });
});

describe("What does not open under the present keys", () => {
  it("is counted for keys that sign receipts and for seeds of apps, and told with what to do", async () => {
    await migrated(31);
    const account = await makeAccount({ phone: false });
    const app = await bindApp(account);
    const { kid } = await signingKey();
    expect(await unreadable()).toEqual([]);
    await sql`UPDATE totp SET seed_sealed = 'gone.' || split_part(seed_sealed, '.', 2) || '.' || split_part(seed_sealed, '.', 3) WHERE id = ${app.id}::uuid`;
    await sql`UPDATE signing_keys SET private_sealed = 'gone.' || split_part(private_sealed, '.', 2) || '.' || split_part(private_sealed, '.', 3) WHERE kid = ${kid}`;
    const found = await unreadable();
    expect(found).toEqual([
      { what: "app_seeds", key: "gone", count: 1 },
      { what: "signing_keys", key: "gone", count: 1 },
    ]);
    const said = found.map((one) => wordsOf({ is: "unreadable", ...one }, "en"));
    expect(said[0]).toMatch(/1 keys of authenticator apps cannot be read \(key gone\)[\s\S]*APP_KEYS/);
    expect(said[1]).toMatch(/1 keys that sign receipts cannot be read \(key gone\)[\s\S]*npm run keys -- rotate/);
    await rotateSigningKey();
    expect((await unreadable()).map(({ what }) => what)).toEqual(["app_seeds"]);
  });
});

describe("The job", () => {
  it("stops when its time is over, goes on after the row where it stopped, and passes by rows that do not open", async () => {
    await migrated(31);
    const account = await makeAccount({ phone: false });
    setSealFormat({ ownerWritten: false, ownerlessOpens: true });
    for (let at = 0; at < 450; at += 1) await bindNumber(account.userId, `+8190${10_000_000 + at}`);
    // The first row in order is sealed for another row: every run meets it again, and it blocks none of them.
    const first = "00000000-0000-4000-8000-000000000000";
    await sql`UPDATE authenticators SET id = ${first}::uuid WHERE id = (SELECT id FROM phones LIMIT 1)`;
    await readSealFormat();
    const warned = vi.spyOn(log, "warn");
    const rest = await reseal({}, () => true);
    expect(rest).toEqual({ column: 0, after: expect.any(String) });
    expect(await without()).toBe(251);
    const next = await reseal(rest ?? {}, () => true);
    expect(await without()).toBe(51);
    expect(warned.mock.calls.map(([{ event, count: rows }]) => [event, rows])).toEqual([["not_resealed", 1]]);
    for (let again = next; again; again = await reseal(again));
    expect([await without(), await isComplete()]).toEqual([1, true]);
  });

  it("leaves what a person changed meanwhile, and finds nothing to do the second time", async () => {
    await migrated(31);
    const accounts = await Promise.all(Array.from({ length: 20 }, olderAccount));
    const runs = Promise.all([toTheEnd(), toTheEnd()]);
    expect(await Promise.all(accounts.slice(0, 5).map(signsIn))).toEqual([true, true, true, true, true]);
    await runs;
    const all = () => sql`SELECT id, number_sealed FROM phones ORDER BY id`;
    const before = await all();
    await toTheEnd();
    expect(await all()).toEqual(before);
  });

  it("leaves the secrets of a provider that an operator replaces while they are written", async () => {
    await migrated(31);
    const [provider, replaced] = [randomUUID(), "test.replaced.by.the.operator"];
    setSealFormat({ ownerWritten: false, ownerlessOpens: true });
    const older = seal("{}", { table: "provider_accounts", column: "secrets_sealed", row: provider, owner: provider });
    await readSealFormat();
    await sql`INSERT INTO provider_accounts (id, name, kind, secrets_sealed) VALUES (${provider}::uuid, 'replaced', 'webhook', ${older})`;
    const operator = new pg.Client({ connectionString: env().DATABASE_URL });
    await operator.connect();
    await operator.query("BEGIN");
    await operator.query("UPDATE provider_accounts SET secrets_sealed = $2 WHERE id = $1", [provider, replaced]);
    // The job has read the value of before and waits for the row.
    const job = reseal();
    const waits = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%UPDATE provider_accounts%'";
    await vi.waitFor(async () => expect((await owner.query(waits)).rowCount).toBe(1));
    await operator.query("COMMIT");
    await operator.end();
    await job;
    const [row] = await sql<{ sealed: string }>`SELECT secrets_sealed AS sealed FROM provider_accounts WHERE id = ${provider}::uuid`;
    expect(row?.sealed).toBe(replaced);
    await sql`DELETE FROM provider_accounts WHERE id = ${provider}::uuid`;
  });

  it("writes recovery sets and provider secrets with their owner too", async () => {
    await migrated(31);
    setSealFormat({ ownerWritten: false, ownerlessOpens: true });
    const [account, provider] = [await makeAccount(), randomUUID()];
    const set = seal("[]", { table: "users", column: "recovery_sealed", row: account.userId, owner: account.userId });
    const secrets = seal("{}", { table: "provider_accounts", column: "secrets_sealed", row: provider, owner: provider });
    await readSealFormat();
    await sql`UPDATE recovery_code_sets SET sealed = ${set} WHERE id = (SELECT id FROM authenticators WHERE user_id = ${account.userId}::uuid AND kind = 'recovery_codes')`;
    await sql`INSERT INTO provider_accounts (id, name, kind, secrets_sealed) VALUES (${provider}::uuid, 'older', 'webhook', ${secrets})`;
    await toTheEnd();
    expect(await unreadable()).toEqual([]);
    const left = await sql`
      SELECT 1 FROM recovery_code_sets WHERE split_part(sealed, '.', 3) = '' UNION ALL SELECT 1 FROM provider_accounts WHERE split_part(secrets_sealed, '.', 3) = ''`;
    expect(left).toEqual([]);
  });

  it("runs ten seconds at most and queues the rest of its work, as do the clean-up and the sealing of the audit log", async () => {
    await migrated(31);
    const account = await makeAccount({ phone: false });
    setSealFormat({ ownerWritten: false, ownerlessOpens: true });
    for (let at = 0; at < 250; at += 1) await bindNumber(account.userId, `+8190${20_000_000 + at}`);
    await readSealFormat();
    await sql`INSERT INTO limit_hits (policy, subject, at) SELECT 'test', '\\x00', app_now() - interval '26 hours' FROM generate_series(1, 1500)`;
    await sql`INSERT INTO audit_events (event) SELECT 'test' FROM generate_series(1, 1500)`;
    await sql`SELECT graphile_worker.complete_jobs(array_agg(id)) FROM graphile_worker.jobs`;
    // Each read of the clock advances it by ten seconds.
    let now = Date.now();
    const clock = vi.spyOn(Date, "now").mockImplementation(() => {
      now += 10_000;
      return now;
    });
    for (const name of ["reseal", "clean_up", "seal_audit"] as const) await tasks[name]?.({}, {} as never);
    clock.mockRestore();
    expect(await without()).toBe(50);
    expect(await count(sql<{ n: number }>`SELECT count(*)::int AS n FROM limit_hits WHERE policy = 'test'`)).toBe(500);
    expect(await count(sql<{ n: number }>`SELECT count(*)::int AS n FROM audit_unsealed`)).toBeGreaterThanOrEqual(500);
    expect(await sql`SELECT key FROM graphile_worker.jobs ORDER BY key`).toEqual(
      ["clean_up/rest", "reseal/rest", "seal_audit/rest"].map((key) => ({ key })),
    );
  });
});
