import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sql } from "#lib/db/sql";
import { metricsText } from "#lib/health/metrics";
import { cleanUp } from "#lib/jobs/clean-up";
import { tasks } from "#lib/jobs/tasks";
import { countFactors } from "#lib/policy/count-factors";
import { pstnShare, readFactorCounts } from "#lib/policy/factor-counts";
import { verifyChallenge } from "#lib/purposes/challenges";
import { bindFactor, codeOf, makeAccount, must, passPassword, requester, setClock, together } from "#lib/testing/fixtures";
import { command, JAPANESE } from "../../scripts/test/command.ts";

// A job counts how much still rests on the telephone; the metrics and `npm run policy -- factors` tell it.

const HOUR = 3600;

beforeEach(async () => {
  await sql`DELETE FROM factor_counts`;
  await sql`DELETE FROM users`;
});
afterEach(() => setClock(0));

/** Appends proofs of second factors some hours ago, as sign-ins append them. */
async function proofs(hoursAgo: number, ...words: string[]) {
  await setClock(-hoursAgo * HOUR);
  for (const method of words)
    await sql`INSERT INTO audit_events (event, method, ip, user_agent) VALUES ('session.opened', ${method}, '', '')`;
  await setClock(0);
}

/** The counts of this test alone: whatever other tests of this file left in the log is counted before. */
async function counted(more: () => Promise<unknown>) {
  await countFactors();
  const before = (await readFactorCounts()).uses?.counts;
  await sql`DELETE FROM factor_counts`;
  await more();
  await countFactors();
  const after = (await readFactorCounts()).uses?.counts;
  const names = Object.keys(after ?? {}) as (keyof NonNullable<typeof after>)[];
  return Object.fromEntries(names.map((name) => [name, (after?.[name] ?? 0) - (before?.[name] ?? 0)]));
}

describe("The use of second factors", () => {
  it("is counted by method over thirty days, from what proofs write into the audit log", async () => {
    const found = await counted(async () => {
      await proofs(3, "pwd sms", "pwd sms", "sms", "pwd tel", "hwk user");
      await proofs(29 * 24, "pwd otp", "rc");
      await proofs(31 * 24, "pwd sms");
      await proofs(3, "pwd", "pwd trusted_device");
    });
    expect(found).toEqual({ sms: 3, voice: 1, totp: 1, passkey: 1, recovery_code: 1 });
    expect(pstnShare({ sms: 3, voice: 1, totp: 1, passkey: 2, recovery_code: 1 })).toBe(0.5);
    expect(pstnShare({ sms: 0, voice: 0, totp: 0, passkey: 0, recovery_code: 0 })).toBeNull();
  });

  it("has the sign-ins of people in it, an hour after they were", async () => {
    const found = await counted(async () => {
      const token = await passPassword(await makeAccount());
      must(await verifyChallenge(token, { code: await codeOf(token) }, requester));
      await setClock(2 * HOUR);
    });
    expect(found).toMatchObject({ sms: 1, voice: 0 });
  });

  it("is counted once, by many jobs at once and again, and an hour that is not over is not counted", async () => {
    await proofs(5, "pwd sms");
    await together(4, () => countFactors());
    const first = await readFactorCounts();
    await countFactors();
    expect(await readFactorCounts()).toEqual(first);
    const [row] = await sql<{ hours: number; last: boolean }>`
      SELECT count(*)::int AS hours, max(at) < app_now() - interval '70 minutes' AS last FROM factor_counts WHERE what = 'uses'`;
    expect(row).toEqual({ hours: expect.toSatisfy((hours: number) => hours === 719 || hours === 720), last: true });
  });
});

describe("What accounts have", () => {
  it("is counted for every account once, whatever the size of a page, and goes on where a run stopped", async () => {
    await together(3, () => makeAccount());
    const [app, both, none] = [await makeAccount(), await makeAccount(), await makeAccount({ phone: false })];
    await bindFactor(app.userId, "totp");
    await bindFactor(both.userId, "totp");
    await bindFactor(both.userId, "passkey");
    await sql`UPDATE authenticators SET disabled_at = app_now() WHERE id = ${app.phoneId}::uuid`;
    await sql`UPDATE users SET email = email || '.x' WHERE id = ${none.userId}::uuid`;
    await sql`
      WITH many AS (INSERT INTO users (email, password_hash, locale) SELECT n || '@many.example.jp', 'x', 'ja' FROM generate_series(1, 600) n RETURNING id)
      INSERT INTO authenticators (user_id, kind, verified_at) SELECT id, 'passkey', app_now() FROM many`;
    while ((await countFactors()) !== null);
    await sql`DELETE FROM factor_counts WHERE what = 'accounts'`;
    let runs = 0;
    for (let from = await countFactors({}, () => true); from !== null; from = await countFactors(from, () => true)) runs += 1;
    expect(runs).toBe(3);
    expect((await readFactorCounts()).accounts?.counts).toEqual({ phone: 3, totp: 1, "passkey+phone+totp": 1, none: 1, passkey: 600 });
  });

  it("is counted once a day", async () => {
    await makeAccount();
    await countFactors();
    await makeAccount();
    await countFactors();
    expect((await readFactorCounts()).accounts?.counts).toEqual({ phone: 1 });
    await setClock(24 * HOUR);
    await countFactors();
    expect((await readFactorCounts()).accounts?.counts).toEqual({ phone: 2 });
  });
});

describe("The counts", () => {
  it("of sixty days ago are cleaned away", async () => {
    await sql`INSERT INTO factor_counts (what, at, counts) SELECT 'uses', app_now() - make_interval(days => n), '{}' FROM unnest('{59,61}'::int[]) n`;
    await cleanUp();
    expect(await sql`SELECT at < app_now() - interval '60 days' AS old FROM factor_counts`).toEqual([{ old: false }]);
  });

  it("are in the metrics once a job has counted, and absent before, beside the clock of the database", async () => {
    await makeAccount();
    const before = await metricsText();
    expect(before.match(/^sekisho_(?:factor_uses|accounts).*/gm)).toBeNull();
    expect(before).toMatch(/^sekisho_database_clock_ahead_seconds -?(?:0\.\d+|\d(?:\.\d+)?e-\d+)$/m);
    await proofs(2, "pwd sms");
    await tasks.count_factors?.({}, undefined as never);
    const lines = await metricsText();
    expect(lines).toMatch(/# TYPE sekisho_factor_uses_30_days gauge\nsekisho_factor_uses_30_days\{method="sms"\} [1-9]/);
    expect(lines).toMatch(/# TYPE sekisho_accounts gauge\nsekisho_accounts\{factors="phone"\} 1/);
  });

  it("are told by npm run policy -- factors in both languages, which counts what is not counted yet", async () => {
    await makeAccount();
    await proofs(2, "pwd sms");
    const [en, ja] = [await command("policy", ["factors"]), await command("policy", ["factors"], JAPANESE)];
    expect([en.code, ja.code]).toEqual([0, 0]);
    expect(en.out).toMatch(
      /^Second factors used, \S+Z to \S+Z\n {2}SMS +\d+ +[\d.]+ %\n[\s\S]*SMS and calls: [\d.]+ %\nAccounts by what they have, \S+\n {2}phone alone +1 +100\.0 %\n$/,
    );
    expect(ja.out).toMatch(
      /^使われた確認方法（[\s\S]*SMS と自動音声の電話の割合：[\d.]+ %\nアカウントに登録されている方法（\S+）\n {2}電話番号のみ +1 +100\.0 %\n$/,
    );
  });
});
