import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bindPhone } from "#lib/accounts/bind-phone";
import { signIn } from "#lib/accounts/sign-in";
import { signUp } from "#lib/accounts/sign-up";
import { recentActivity } from "#lib/audit/activity";
import { appendRefusals, recordRefusal } from "#lib/audit/refused";
import { sealEvents } from "#lib/audit/seal";
import { verifyChain } from "#lib/audit/verify";
import { rollback, sql, transaction } from "#lib/db/sql";
import { addressPolicies } from "#lib/limits/policy";
import { takeAddress } from "#lib/limits/take";
import { verifyChallenge } from "#lib/purposes/challenges";
import { codeOf, freshNumber, makeAccount, must, PASSWORD, requester, setClock, together } from "#lib/testing/fixtures";

const ip = "192.0.2.1";
type Event = { event: string; reason: string; times: number; subject: string | null; ip: string | null; hash: Buffer | null };
const events = () =>
  sql<Event>`SELECT event, reason, times, subject, ip, identifier_hash AS hash FROM audit_events WHERE event LIKE '%.refused' AND id > ${since}::bigint ORDER BY id`;
const waiting = () => sql<Event>`SELECT event, reason, times, subject, ip, identifier_hash AS hash FROM audit_refusals`;
let since = "0";
let clock = 0;

/** Advances the clock by ten seconds more than a minute. */
const minuteLater = () => {
  clock += 75;
  return setClock(clock);
};
beforeEach(async () => {
  await minuteLater();
  await appendRefusals();
  since = (await sql<{ id: string }>`SELECT coalesce(max(id), 0)::text AS id FROM audit_events`)[0]?.id ?? "0";
});
afterEach(async () => {
  while ((await sealEvents()) > 0);
  expect((await verifyChain()).broken).toBeNull();
});

/** Sums the counts, because a row is split when a minute ends in between. */
const sum = (rows: Event[]) => rows.reduce((all, { times }) => all + times, 0);

describe("What is refused", () => {
  it("is one event a minute with its count, sealed like every other, and only when its minute is over", async () => {
    const { userId } = await makeAccount();
    for (let n = 0; n < 25; n += 1) await recordRefusal({ event: "send.refused", reason: "sends_per_account", ip, userId });
    await appendRefusals();
    await minuteLater();
    await together(4, () => appendRefusals());
    const appended = await events();
    expect(sum(appended)).toBe(25);
    expect(appended.length).toBeLessThanOrEqual(2);
    const [{ subject } = { subject: null }] = await sql<{
      subject: string;
    }>`SELECT audit_subject AS subject FROM users WHERE id = ${userId}::uuid`;
    expect(appended[0]).toMatchObject({ event: "send.refused", reason: "sends_per_account", subject, ip, hash: null });
    expect(await waiting()).toEqual([]);
    while ((await sealEvents()) > 0);
    await sql`SELECT 1`;
    const [sealed] = await sql<{
      n: number;
    }>`SELECT count(*)::int AS n FROM audit_seals s JOIN audit_events e ON e.id = s.event_id WHERE e.id > ${since}::bigint`;
    expect(sealed?.n).toBe(appended.length);
  });

  it("is counted exactly in a flood from two processes, while minutes are appended", async () => {
    const script = `
      const { recordRefusal } = await import("#lib/audit/refused");
      const { pool } = await import("#lib/db/pool");
      for (let n = 0; n < 30; n += 1)
        await Promise.all(Array.from({ length: 10 }, () => recordRefusal({ event: "sign_in.refused", reason: "password_failures_per_ip", ip: "192.0.2.7" })));
      await pool().end();`;
    const flood = () => promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
    let over = false;
    const appending = (async () => {
      while (!over) {
        await appendRefusals();
        await minuteLater();
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    })();
    await Promise.all([flood(), flood()]);
    over = true;
    await appending;
    await minuteLater();
    await appendRefusals();
    expect(sum(await events())).toBe(600);
  }, 60_000);

  it("is counted exactly when many a refusal begins a minute at once", async () => {
    for (let round = 0; round < 10; round += 1) {
      await together(10, () => recordRefusal({ event: "challenge.refused", reason: `round_${round}`, ip }));
      await minuteLater();
    }
    await appendRefusals();
    expect(sum(await events())).toBe(100);
  });

  it("stays although the effect is rolled back", async () => {
    const refused = await transaction(async (tx) => {
      await tx`SELECT 1`;
      return rollback("refused");
    });
    if (refused === "refused") await recordRefusal({ event: "sign_up.refused", reason: "sign_ups_per_ip", ip });
    expect(await waiting()).toHaveLength(1);
  });

  it("names an unknown identifier by a keyed hash, the same for the same, and never as it was typed", async () => {
    for (const identifier of ["a@example.jp", "a@example.jp", "b@example.jp"])
      await recordRefusal({ event: "sign_in.refused", reason: "password_failures", ip, identifier });
    await minuteLater();
    await appendRefusals();
    const hashes = (await events()).map(({ hash }) => hash?.toString("hex"));
    expect(new Set(hashes).size).toBe(2);
    expect(JSON.stringify(await sql`SELECT * FROM audit_events`)).not.toContain("example.jp");
  });

  it("costs no row each when a stranger invents an identifier each, or an address each, or asks for one account from everywhere", async () => {
    const { userId } = await makeAccount();
    const times = 60;
    await together(times, (n) => recordRefusal({ event: "sign_in.refused", reason: "x", ip, identifier: `${n}@example.jp` }));
    await together(times, (n) => recordRefusal({ event: "challenge.refused", reason: "locked", ip: `198.51.100.${n}`, userId }));
    for (let n = 0; n < 1_100; n += 10)
      await together(10, (m) => recordRefusal({ event: "sign_up.refused", reason: "x", ip: `10.0.${n}.${m}` }));
    await minuteLater();
    await appendRefusals();
    const of = async (event: string) => (await events()).filter((one) => one.event === event);
    const [invented, everywhere, addresses] = [await of("sign_in.refused"), await of("challenge.refused"), await of("sign_up.refused")];
    expect([sum(invented), sum(everywhere), sum(addresses)]).toEqual([times, times, 1_100]);
    // At most 21 events per minute, but concurrent attempts may all have passed the count.
    expect(invented.length).toBeLessThan(2 * 32);
    expect(everywhere.length).toBeLessThan(2 * 32);
    expect(everywhere.every(({ subject }) => subject !== null)).toBe(true);
    expect(addresses.length).toBeLessThan(2 * 1_012);
  }, 60_000);

  it("shows an account what was refused in its name, with the count, and strangers' tries take a quarter at most", async () => {
    const { userId } = await makeAccount();
    await together(7, () => recordRefusal({ event: "send.refused", reason: "sends_per_phone", ip, userId }));
    await minuteLater();
    await appendRefusals();
    const shown = await recentActivity(userId);
    expect(shown.reduce((all, { times }) => all + times, 0)).toBe(7);
    expect(shown[0]).toMatchObject({ event: "send.refused", method: null });
    for (let minute = 0; minute < 8; minute += 1) {
      await recordRefusal({ event: "sign_in.refused", reason: "password_failures", ip, userId });
      await minuteLater();
      await appendRefusals();
    }
    expect((await recentActivity(userId)).filter(({ event }) => event === "sign_in.refused")).toHaveLength(5);
  });

  it("is recorded where a sign-up is one too many for its address", async () => {
    const here = { ip: "192.0.2.77", userAgent: "test" };
    // Above twenty an hour the address is crowded, and accepts six more a minute.
    for (let n = 0; n < 26; n += 1) expect(await takeAddress(sql, addressPolicies.signUps, here.ip)).toBeNull();
    const refused = await signUp({ email: "x@example.jp", password: PASSWORD, locale: "ja" }, here);
    expect(refused).toMatchObject({ ok: false, error: { code: "too_many_requests" } });
    expect((await waiting()).find((one) => one.ip === here.ip)).toMatchObject({
      event: "sign_up.refused",
      reason: "sign_ups_per_ip",
      times: 1,
    });
  });

  it("is recorded where a number asks for its code too often, with the account", async () => {
    const account = await makeAccount({ phone: false });
    const proving = must(await signIn({ identifier: account.email, password: PASSWORD }, requester)).token;
    const proven = must(await verifyChallenge(proving, { code: await codeOf(proving) }, requester));
    const token = proven.next === "bind_phone" ? proven.challengeToken : "";
    const number = freshNumber();
    const give = () => bindPhone(token, { number, channel: "sms", acceptRisk: true }, requester);
    must(await give());
    for (let n = 0; n < 3; n += 1) expect(await give()).toMatchObject({ ok: false, error: { code: "too_many_sends" } });
    await minuteLater();
    await appendRefusals();
    const shown = (await recentActivity(account.userId)).filter(({ event }) => event === "send.refused");
    expect(shown.reduce((all, { times }) => all + times, 0)).toBe(3);
  });
});
