import pg from "pg";
import { beforeEach, describe, expect, it } from "vitest";
import { appendRefusals, identifierHash, recordRefusal } from "#lib/audit/refused";
import { crowdedAddresses, mostTexts, refusedByLimits, sharedBrowsers, sharedNumbers, takenNumbers } from "#lib/console/abuse";
import { readAccountRoom } from "#lib/console/account";
import { actOnAccount } from "#lib/console/account-acts";
import { readAttention } from "#lib/console/attention";
import { countDays, readFigures } from "#lib/console/figures";
import { readScreen } from "#lib/console/screen";
import { searchAccounts } from "#lib/console/search";
import { familyOf, LOOKED_AT, placeOf, timelineFilters, timelineOf } from "#lib/console/timeline";
import { sql, transaction } from "#lib/db/sql";
import { stopSending } from "#lib/delivery/stops";
import { env } from "#lib/env";
import { verifyChallenge } from "#lib/purposes/challenges";
import { bindApp } from "#lib/testing/factors";
import {
  type Account,
  addRecoveryCode,
  bindNumber,
  codeOf,
  forgetLimits,
  forgetPolicy,
  makeAccount,
  must,
  passPassword,
  requester,
  setClock,
  setPolicy,
} from "#lib/testing/fixtures";
import { secretsOf } from "#lib/testing/secrets";
import { signInOn } from "#lib/testing/signed-in";
import { staffMember } from "#lib/testing/staff";

/** Deletes what the job counted, as the owner of the tables: the application only adds to it. */
async function forgetFigures(): Promise<void> {
  const owner = new pg.Client({ connectionString: env().DATABASE_URL });
  await owner.connect();
  await owner.query("DELETE FROM daily_figures").finally(() => owner.end());
}

/** Writes so many texts of an account. */
const sentMany = (userId: string, times: number) => sql`
  INSERT INTO messages (user_id, template, channel, country, locale, status, tries)
  SELECT ${userId}::uuid, 'notice.resumed', 'SMS', 'JP', 'ja', 'delivered', 1 FROM generate_series(1, ${times}::int)`;

beforeEach(forgetLimits);
beforeEach(() => sql`UPDATE users SET roles = '{}'`);

/** An account with everything that could leak: a session, a code on its way, an app, a second number, a case. */
async function fullAccount(): Promise<Account> {
  const account = await makeAccount();
  await signInOn(account);
  await bindApp(account);
  await addRecoveryCode(account.userId);
  await sql`UPDATE authenticators SET name = ${account.e164} WHERE id = ${account.phoneId}::uuid`;
  await passPassword(account);
  await sql`UPDATE messages SET tries = 1, status = 'delivered', status_at = created_at + interval '3 seconds' WHERE user_id = ${account.userId}::uuid`;
  return account;
}

const search = async (typed: string, after: string | null = null) =>
  searchAccounts((await staffMember("support")).userId, typed, after, requester);

describe("Looking an account up", () => {
  beforeEach(forgetPolicy);

  it("finds it by its address, its number in any spelling, its id and pseudonym, and references, and says what was tried", async () => {
    const account = await makeAccount();
    const support = await staffMember("support");
    must(await actOnAccount(support, account.userId, "start_case", { reason: "店頭で本人と話しました" }));
    const [row] = await sql<{ subject: string; reference: string; notice: string }>`
      SELECT u.audit_subject AS subject, c.reference, (SELECT reference FROM notice_codes n WHERE n.user_id = u.id LIMIT 1) AS notice
      FROM users u JOIN recovery_cases c ON c.user_id = u.id WHERE u.id = ${account.userId}::uuid`;
    const local = account.e164.replace("+81", "0");
    const spellings = [
      [account.email, "email"],
      [` ${account.email.toUpperCase()} `, "email"],
      [account.e164, "number"],
      [local, "number"],
      [local.replace(/(...)(....)(....)/, "$1-$2-$3").replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))), "number"],
      [account.userId, "id"],
      [row?.subject ?? "", "id"],
      [row?.reference ?? "", "reference"],
      [(row?.reference ?? "").toLowerCase().replace("-", " "), "reference"],
      [row?.notice ?? "", "reference"],
    ] as const;
    for (const [typed, kind] of spellings) {
      const { accounts, tried } = await search(typed);
      expect([typed, accounts.map(({ id }) => id), tried]).toEqual([typed, [account.userId], [kind]]);
    }
    expect(await search("nobody@example.jp")).toMatchObject({ accounts: [], tried: ["email"], byBeginning: false });
    expect(await search("何か")).toMatchObject({ accounts: [], tried: [] });
  });

  it("finds every account of a shared number", async () => {
    const [one, other] = [await makeAccount(), await makeAccount()];
    const { phoneId } = await bindNumber(other.userId);
    await sql`UPDATE phones SET number_hash = (SELECT number_hash FROM phones WHERE id = ${one.phoneId}::uuid), slot = 2 WHERE id = ${phoneId}::uuid`;
    const { accounts } = await search(one.e164);
    expect(accounts.map(({ id }) => id).sort()).toEqual([one.userId, other.userId].sort());
  });

  it("finds somebody in the middle of a sign-up by a number that nobody has proven, and the owner alone once there is one", async () => {
    const [one, owner] = [await makeAccount(), await makeAccount()];
    await transaction(async (tx) => {
      await tx`UPDATE authenticators SET verified_at = NULL WHERE id = ${one.phoneId}::uuid`;
      await tx`UPDATE phones SET slot = NULL WHERE id = ${one.phoneId}::uuid`;
    });
    expect((await search(one.e164)).accounts.map(({ id }) => id)).toEqual([one.userId]);
    await sql`UPDATE phones SET number_hash = (SELECT number_hash FROM phones WHERE id = ${one.phoneId}::uuid) WHERE id = ${owner.phoneId}::uuid`;
    expect((await search(one.e164)).accounts.map(({ id }) => id)).toEqual([owner.userId]);
  });

  it("takes the beginning of an address where the policy allows it alone, with every sign for itself, a page at a time", async () => {
    const hash = (await sql<{ hash: string }>`SELECT password_hash AS hash FROM users LIMIT 1`)[0]?.hash;
    await makeAccount();
    await sql`
      INSERT INTO users (email, password_hash, locale) SELECT 'be%_gin' || lpad(n::text, 3, '0') || '@example.jp', coalesce(${hash ?? null}::text, 'x'), 'ja' FROM generate_series(1, 60) n
      ON CONFLICT DO NOTHING`;
    await sql`INSERT INTO users (email, password_hash, locale) VALUES ('bexxgin@example.jp', 'x', 'ja') ON CONFLICT DO NOTHING`;
    expect(await search("be%_gin")).toMatchObject({ accounts: [], tried: [] });
    await setPolicy("searchByBeginning", true);
    const first = await search("BE%_gin");
    expect([first.accounts.length, first.tried, first.accounts[0]?.email]).toEqual([50, ["beginning"], "be%_gin•••@example.jp"]);
    const second = await search("be%_gin", first.next);
    expect([second.accounts.length, second.next]).toEqual([10, null]);
    expect((await search("be")).accounts).toEqual([]);
    expect(new Set([...first.accounts, ...second.accounts].map(({ id }) => id)).size).toBe(60);
    await forgetPolicy();
  });

  it("records who searched and for what as a keyed hash, never the text", async () => {
    const support = await staffMember("support");
    const account = await makeAccount();
    await searchAccounts(support.userId, account.e164, null, requester);
    const [event] = await sql<{ method: string; hash: Buffer; all: string; subject: string }>`
      SELECT e.method, e.identifier_hash AS hash, row_to_json(e)::text AS all, (SELECT audit_subject FROM users WHERE id = ${support.userId}::uuid) AS subject
      FROM audit_events e WHERE event = 'account.searched' ORDER BY id DESC LIMIT 1`;
    expect(event?.method).toBe(`staff:${event?.subject} (number: 1)`);
    expect(event?.hash.equals(await identifierHash(account.e164))).toBe(true);
    expect(event?.all).not.toContain(account.e164.slice(-6));
  });
});

describe("What a member of staff reads (E15)", () => {
  it("holds no whole address or number, no seed, no hash and no code", async () => {
    const account = await fullAccount();
    const support = await staffMember("support");
    must(await actOnAccount(support, account.userId, "start_case", { reason: "本人から申し出" }));
    const pages = await Promise.all(timelineFilters.map((filter) => timelineOf(account.userId, { filter, before: null, locale: "ja" })));
    const read = JSON.stringify([
      ...[await readAccountRoom(account.userId), pages, await readScreen(account.userId, "ja")],
      ...[await search(account.email), await search(account.e164), await sharedNumbers(), await takenNumbers(7), await sharedBrowsers()],
      ...[await crowdedAddresses(), await mostTexts(7), await refusedByLimits(7)],
      await readAttention({ userId: support.userId, roles: ["support"] }),
    ]);
    const secrets = await secretsOf(account);
    expect(secrets.length).toBeGreaterThanOrEqual(9);
    for (const secret of secrets) expect(read).not.toContain(secret);
    expect(read).toContain(account.e164.slice(-2));
    expect(read).not.toMatch(/sealed|_hash|"hash"/);
  });

  it("says what an account has, in which state it is, and since when", async () => {
    const account = await fullAccount();
    const room = await readAccountRoom(account.userId);
    expect(room).toMatchObject({
      id: account.userId,
      suspendedAt: null,
      restriction: null,
      sessions: [{ amr: ["pwd", "sms"] }],
      cases: [],
    });
    expect(room?.factors.phones).toMatchObject([{ digits: account.e164.slice(-2), channel: "sms", doubted: false }]);
    expect(room?.factors).toMatchObject({ recoveryCodes: { left: 1 }, totp: expect.anything() });
    expect(await readAccountRoom(crypto.randomUUID())).toBeNull();
  });

  it("says what a person's page waits for, and nothing once it was answered", async () => {
    const account = await makeAccount();
    expect(await readScreen(account.userId, "ja")).toBeNull();
    const token = await passPassword(account);
    expect(await readScreen(account.userId, "ja")).toMatchObject({
      purpose: "ログイン",
      attemptsLeft: 5,
      message: { channel: "sms", status: "queued" },
    });
    must(await verifyChallenge(token, { code: await codeOf(token) }, requester));
    expect(await readScreen(account.userId, "ja")).toBeNull();
  });
});

describe("The timeline of an account", () => {
  it("has every event and message once over its pages, whatever the filter, and no other account's", async () => {
    const [account, other] = [await fullAccount(), await fullAccount()];
    await sql`
      INSERT INTO audit_events (event, subject, method) SELECT e.event, u.audit_subject, 'pwd sms' FROM users u, unnest(ARRAY['session.opened', 'password.changed', 'case.requested']) e(event),
        generate_series(1, 25) WHERE u.id = ${account.userId}::uuid`;
    await sql`
      INSERT INTO messages (user_id, template, channel, locale, status, tries, created_at)
      SELECT ${account.userId}::uuid, 'notice.resumed', 'EMAIL', 'ja', 'delivered', 1, app_now() - make_interval(mins => n) FROM generate_series(1, 30) n`;
    const [{ messages, events } = { messages: 0, events: 0 }] = await sql<{ messages: number; events: number }>`
      SELECT (SELECT count(*)::int FROM messages WHERE user_id = ${account.userId}::uuid) AS messages, (SELECT count(*)::int FROM audit_events e JOIN users u ON u.audit_subject = e.subject
        WHERE u.id = ${account.userId}::uuid AND e.event <> 'challenge.sent') AS events`;
    const seen: string[] = [];
    for (let place: string | null = ""; place !== null; ) {
      const page = await timelineOf(account.userId, { filter: "all", before: placeOf(place), locale: "ja" });
      expect(page.moments.length).toBeLessThanOrEqual(20);
      seen.push(...page.moments.map(({ kind, id }) => `${kind} ${id}`));
      place = page.next;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe(messages + events);
    const cases = await timelineOf(account.userId, { filter: "cases", before: null, locale: "ja" });
    expect(cases.moments.every((one) => one.kind === "event" && familyOf(one.event) === "cases")).toBe(true);
    const others = await timelineOf(other.userId, { filter: "cases", before: null, locale: "ja" });
    expect(others).toEqual({ moments: [], next: null });
  });

  it("names the member of staff who did something by the whole address, and why", async () => {
    const [account, support] = [await makeAccount(), await staffMember("support")];
    must(await actOnAccount(support, account.userId, "require_reverification", { reason: "番号を手放したとの電話" }));
    const { moments } = await timelineOf(account.userId, { filter: "changes", before: null, locale: "ja" });
    expect(moments[0]).toMatchObject({
      event: "reverification.asked",
      method: null,
      author: { name: support.account.email, command: false, reason: "番号を手放したとの電話" },
    });
  });

  it("looks at a bounded part of a flooded log at a time, and leads on to what lies behind it", async () => {
    const account = await makeAccount();
    await sql`
      INSERT INTO audit_events (event, subject) SELECT CASE n WHEN 0 THEN 'password.changed' ELSE 'sign_in.password_wrong' END, audit_subject
      FROM users, generate_series(0, ${LOOKED_AT}::int) n WHERE id = ${account.userId}::uuid ORDER BY n`;
    const changes = (before: string) => timelineOf(account.userId, { filter: "changes", before: placeOf(before), locale: "ja" });
    const first = await changes("");
    expect(first).toEqual({ moments: [], next: expect.stringMatching(/^\d+_$/) });
    const second = await changes(first.next ?? "");
    expect(second).toMatchObject({ moments: [{ event: "password.changed" }], next: null });
  });

  it("counts what is wrong several times in a row as one line", async () => {
    const account = await makeAccount();
    await sql`
      INSERT INTO audit_events (event, subject) SELECT 'sign_in.password_wrong', audit_subject FROM users, generate_series(1, 7) WHERE id = ${account.userId}::uuid`;
    const { moments } = await timelineOf(account.userId, { filter: "sign_in", before: null, locale: "ja" });
    expect(moments).toMatchObject([{ event: "sign_in.password_wrong", times: 7 }]);
  });

  it.each(["", "x", "1_2", "1_", "_", "_3f2b8c1e-0000-4000-8000-000000000001"])("takes %j as a place or as none", (text) => {
    const place = placeOf(text);
    expect(place === null).toBe(["", "x", "1_2"].includes(text));
  });
});

describe("The figures of the days", () => {
  it("are counted once for a past day, and today again, from the log, the messages and the cases", async () => {
    await forgetFigures();
    const account = await fullAccount();
    await sql`UPDATE messages SET channel = 'SMS' WHERE user_id = ${account.userId}::uuid`;
    await recordRefusal({ event: "send.refused", reason: "sends_per_phone", ip: "192.0.2.1", userId: account.userId });
    // Their minute has to be over.
    await setClock(120);
    await appendRefusals();
    await setClock(0);
    expect(await countDays()).toBe(true);
    const days = await readFigures();
    expect(days).toHaveLength(28);
    const today = days.at(-1);
    expect(today?.signIns).toBeGreaterThanOrEqual(1);
    expect(today?.bySms).toBeGreaterThanOrEqual(1);
    expect(today?.asked).toBeGreaterThanOrEqual(today?.proven ?? 1);
    expect(today?.delivered).toBeGreaterThanOrEqual(1);
    expect(today?.refused).toMatchObject({ "send.refused sends_per_phone": 1 });
    expect((await refusedByLimits(1)).lines).toContainEqual({ event: "send.refused", reason: "sends_per_phone", times: 1 });
    expect(days[0]).toMatchObject({ signIns: 0, sent: 0, seconds: null, refused: {} });
    const before = await readFigures();
    await countDays();
    expect(await readFigures()).toEqual(before);
    await sql`UPDATE daily_figures SET counted_at = counted_at - interval '6 minutes'`;
    await signInOn(await makeAccount());
    await countDays();
    const after = await readFigures();
    expect(after.at(-1)?.signIns).toBe((today?.signIns ?? 0) + 1);
    expect(after.slice(0, -1).map(({ countedAt }) => countedAt)).not.toContain(after.at(-1)?.countedAt);
  });

  it("are counted by two workers at once", async () => {
    await sentMany((await makeAccount()).userId, 10);
    await forgetFigures();
    expect(await Promise.all(Array.from({ length: 4 }, () => countDays()))).toEqual([true, true, true, true]);
    expect(await readFigures()).toHaveLength(28);
  });

  it("name the accounts that cause the most texts", async () => {
    const account = await makeAccount();
    await sentMany(account.userId, 40);
    await forgetFigures();
    await countDays();
    expect((await mostTexts(1))[0]).toMatchObject({ id: account.userId, texts: 40, suspended: false });
  });
});

describe("Signs of abuse", () => {
  it("show accounts of one number, of one browser and of one address", async () => {
    const [one, other] = [await makeAccount(), await makeAccount()];
    const { phoneId } = await bindNumber(other.userId);
    await sql`UPDATE phones SET number_hash = (SELECT number_hash FROM phones WHERE id = ${one.phoneId}::uuid), slot = 2 WHERE id = ${phoneId}::uuid`;
    const ids = (groups: Awaited<ReturnType<typeof sharedNumbers>>) => groups.map(({ accounts }) => accounts.map(({ id }) => id).sort());
    expect(ids(await sharedNumbers())).toContainEqual([one.userId, other.userId].sort());
    await sql`
      WITH a AS (INSERT INTO challenges (token_hash, purpose, user_id, locale, expires_at) VALUES (gen_random_uuid()::text::bytea, 'SIGN_IN', ${one.userId}::uuid, 'ja', app_now()) RETURNING id)
      INSERT INTO challenges (token_hash, purpose, user_id, locale, expires_at, follows) SELECT gen_random_uuid()::text::bytea, 'SIGN_IN', ${other.userId}::uuid, 'ja', app_now(), id FROM a`;
    expect(ids(await sharedBrowsers())).toContainEqual([one.userId, other.userId].sort());
    const crowd = await Promise.all(Array.from({ length: 6 }, () => makeAccount()));
    for (const { userId } of crowd)
      await sql`
        INSERT INTO sessions (token_hash, user_id, amr, authenticated_at, last_seen_at, expires_at, ip)
        VALUES (gen_random_uuid()::text::bytea, ${userId}::uuid, '{pwd,sms}', app_now(), app_now(), app_now() + interval '1 hour', '198.51.100.77')`;
    const found = (await crowdedAddresses()).find(({ what }) => what === "198.51.100.77");
    expect(found?.accounts).toHaveLength(6);
  });
});

describe("What needs a person", () => {
  it("comes in the order of urgency, and says whose turn a case is", async () => {
    const account = await makeAccount();
    const [support, admin] = [await staffMember("support"), await staffMember("administrator")];
    must(await actOnAccount(support, account.userId, "start_case", { reason: "本人から申し出" }));
    const of = async (who: { userId: string }, role: string) =>
      (await readAttention({ userId: who.userId, roles: [role] })).filter(({ is }) => is.startsWith("case") || is === "stopped");
    expect(await of(support, "support")).toEqual([]);
    await sql`UPDATE recovery_cases SET proven_at = app_now() WHERE user_id = ${account.userId}::uuid`;
    must(await stopSending({ channel: "VOICE", country: null, provider: null }, "test"));
    expect(await of(support, "support")).toMatchObject([
      { is: "case_review", othersTurn: false },
      { is: "stopped", channel: "VOICE" },
    ]);
    await sql`
      UPDATE recovery_cases SET state = 'reviewed', reviewed_at = app_now(), reviewed_by = (SELECT audit_subject FROM users WHERE id = ${admin.userId}::uuid)
      WHERE user_id = ${account.userId}::uuid`;
    expect((await of(support, "support"))[0]).toMatchObject({ is: "case_approval", othersTurn: true });
    expect((await of(admin, "administrator"))[0]).toMatchObject({ is: "case_approval", othersTurn: true });
    expect((await of(await staffMember("administrator"), "administrator"))[0]).toMatchObject({ is: "case_approval", othersTurn: false });
    expect((await of({ userId: account.userId }, "administrator"))[0]).toMatchObject({ othersTurn: true });
    await sql`UPDATE sending_stops SET ended_at = app_now()`;
  });
});
