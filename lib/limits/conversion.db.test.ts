import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bindPhone } from "#lib/accounts/bind-phone";
import { signIn } from "#lib/accounts/sign-in";
import { alertCounts } from "#lib/alert";
import { sql } from "#lib/db/sql";
import { ALL, brakeSeconds } from "#lib/limits/brakes";
import { badlyConverting, type Weighed, watchConversion } from "#lib/limits/conversion";
import { compareThresholds } from "#lib/limits/would-catch";
import { settings } from "#lib/policy/settings";
import { sendCode, verifyChallenge } from "#lib/purposes/challenges";
import {
  codeOf,
  forgetLimits,
  freshNumber,
  makeAccount,
  must,
  PASSWORD,
  requester,
  setClock,
  setPolicy,
  together,
} from "#lib/testing/fixtures";

// If few texts to new numbers are followed by their code, one alert is raised and every address gets few of them; users who prove a number
// or have one are unaffected (FR-04).

const alerts = () => alertCounts().get("conversion.braked") ?? 0;
const braked = (subject: string) => brakeSeconds(sql, "conversion", subject);

/** Sends to new numbers as they are stored, one account each. */
async function sent(times: number, { proven = false, country = "JP", minutesAgo = 20, refunded = false } = {}): Promise<void> {
  await sql`
    WITH someone AS (
      INSERT INTO users (email, password_hash, locale) SELECT gen_random_uuid() || '@example.jp', 'x', 'ja' FROM generate_series(1, ${times}::int) RETURNING id
    ), bound AS (
      INSERT INTO authenticators (user_id, kind, verified_at) SELECT id, 'phone', CASE WHEN ${proven}::boolean THEN app_now() END FROM someone RETURNING id, user_id
    ), phone AS (
      INSERT INTO phones (id, number_sealed, number_hash, slot, country, channel, risk_accepted_at, risk_notice_version)
      SELECT id, 'x', uuid_send(id), CASE WHEN ${proven}::boolean THEN 1 END, ${country}, 'SMS', app_now(), 1 FROM bound
    )
    INSERT INTO messages (user_id, authenticator_id, template, channel, country, locale, to_new_number, status, created_at)
    SELECT user_id, id, 'code.BIND_PHONE', 'SMS', ${country}, 'ja', true, CASE WHEN ${refunded}::boolean THEN 'undelivered' ELSE 'sent' END::delivery_status,
           app_now() - make_interval(mins => ${minutesAgo}::int) FROM bound`;
}

/** Returns a user who waits at the number step. */
async function binding(): Promise<string> {
  const token = must(await signIn({ identifier: (await makeAccount({ phone: false })).email, password: PASSWORD }, requester)).token;
  const verified = must(await verifyChallenge(token, { code: await codeOf(token) }, requester));
  return verified.next === "bind_phone" ? verified.challengeToken : "";
}
const bind = (token: string, ip: string) =>
  bindPhone(token, { number: freshNumber(), channel: "sms", acceptRisk: true }, { ...requester, ip });
const outcomes = (results: { ok: boolean; error?: { code: string } }[]) => results.map((one) => (one.ok ? "ok" : one.error?.code));

beforeEach(async () => {
  await forgetLimits();
  await sql`DELETE FROM brakes`;
  await sql`DELETE FROM messages`;
});
afterEach(() => setClock(0));

describe("Conversion below a fifth of at least twenty sends an hour", () => {
  it("puts the brake on and alerts once, also when many instances weigh at once, and again when it still is so an hour later", async () => {
    const before = alerts();
    await sent(17, { refunded: true });
    await sent(3, { proven: true });
    await together(5, () => watchConversion());
    expect(await braked("JP")).toBe(3600);
    expect(await braked("US")).toBe(0);
    expect(alerts()).toBe(before + 1);
    await watchConversion();
    expect(alerts()).toBe(before + 1);
    await setClock(3601);
    expect(await braked("JP")).toBe(0);
    await watchConversion();
    expect(alerts()).toBe(before + 1);
    await sent(20);
    await watchConversion();
    expect(alerts()).toBe(before + 2);
  });

  it("is not mended by another number that each of their accounts proves in the end", async () => {
    for (let person = 0; person < 10; person += 1) {
      const token = await binding();
      for (let stranger = 0; stranger < 2; stranger += 1) must(await bind(token, randomUUID()));
      must(await bind(token, randomUUID()));
      must(await verifyChallenge(token, { code: await codeOf(token) }, { ...requester, ip: randomUUID() }));
      await forgetLimits();
    }
    await sent(21);
    await setClock(600);
    await watchConversion();
    expect(await braked("JP")).toBe(3600);
  });

  it.each([
    ["nineteen sends and no proof", async () => sent(19)],
    ["a fifth of them proven", async () => Promise.all([sent(16), sent(4, { proven: true })])],
    ["a rush whose codes are still being typed", async () => sent(100, { minutesAgo: 4 })],
    ["what is older than an hour", async () => Promise.all([sent(100, { minutesAgo: 61 }), sent(10)])],
  ])("is not there with %s", async (_, before) => {
    await before();
    await watchConversion();
    expect(await sql`SELECT 1 FROM brakes`).toHaveLength(0);
  });

  it("is weighed by country, and for the site by what remains without the countries that are braked already", async () => {
    const low = (country: string, sends: number) => ({ country, sends, proven: 0 });
    const well = { country: "JP", sends: 40, proven: 30 };
    const badly = (countries: Weighed[]) => badlyConverting(countries, settings.pumpingGuard.initial);
    expect(badly([])).toEqual([]);
    expect(badly([well, low("US", 500)])).toEqual([low("US", 500)]);
    expect(badly([low("US", 12), low("FR", 12)])).toEqual([low(ALL, 24)]);
    expect(badly([low("US", 30), low("FR", 12), low("DE", 8)])).toEqual([low("US", 30), low(ALL, 20)]);
    expect(badly([well, low("FR", 12), low("DE", 8)])).toEqual([]);
    await Promise.all([sent(12, { country: "US" }), sent(12, { country: "FR" })]);
    await watchConversion();
    expect([await braked(ALL), await braked("US")]).toEqual([3600, 0]);
  });
});

describe("The guard against pumped texts as a setting", () => {
  const monitor = { ...settings.pumpingGuard.initial, mode: "monitor" as const };
  const noticed = () => alertCounts().get("pumping.noticed") ?? 0;
  afterEach(() => setPolicy("pumpingGuard", settings.pumpingGuard.initial));

  it("alerts once an hour and holds nothing back while it only monitors", async () => {
    await setPolicy("pumpingGuard", monitor);
    const before = noticed();
    await sent(20);
    await together(3, () => watchConversion());
    await watchConversion();
    expect([noticed(), await braked("JP")]).toEqual([before + 1, 0]);
    const ip = randomUUID();
    for (let times = 0; times < 6; times += 1) must(await bind(await binding(), ip));
  });

  it("lets the fifth new number of a block go on while it only monitors, and alerts once", async () => {
    await setPolicy("pumpingGuard", monitor);
    const before = noticed();
    const block = freshNumber().slice(0, -3);
    for (let number = 100; number < 107; number += 1)
      must(
        await bindPhone(
          await binding(),
          { number: `${block}${number}`, channel: "sms", acceptRisk: true },
          { ...requester, ip: randomUUID() },
        ),
      );
    expect(noticed()).toBe(before + 1);
    await setPolicy("pumpingGuard", settings.pumpingGuard.initial);
    const token = await binding();
    const more = await bindPhone(token, { number: `${block}108`, channel: "sms", acceptRisk: true }, { ...requester, ip: randomUUID() });
    expect(more).toMatchObject({ ok: false, error: { code: "too_many_sends" } });
  });

  it("acts by the thresholds that are set", async () => {
    await setPolicy("pumpingGuard", { mode: "deny", sends: 10, provenPercent: 60 });
    await sent(5, { proven: true });
    await sent(5);
    await watchConversion();
    expect(await braked("JP")).toBe(3600);
  });

  it("tells what thresholds would have caught by hours that are kept whole", async () => {
    await sql`DELETE FROM conversion_hours`;
    expect(await compareThresholds(settings.pumpingGuard.initial)).toMatchObject({ since: null, hours: 0 });
    await sql`
      INSERT INTO conversion_hours (hour, country, sends, proven)
      SELECT date_trunc('hour', app_now()) - make_interval(hours => h), c, s, p
      FROM (VALUES (30, 'JP', 25, 4), (40, 'JP', 12, 3), (50, 'US', 60, 5), (60, 'JP', 400, 390), (24 * 31, 'JP', 90, 0)) v(h, c, s, p)`;
    await sent(7, { minutesAgo: 10 });
    await sent(3, { minutesAgo: 10, proven: true });
    await watchConversion();
    await watchConversion();
    const { hours, lines } = await compareThresholds({ sends: 20, provenPercent: 20 });
    expect(hours).toBe(5);
    const caught = Object.fromEntries(
      lines.map(({ at, set, caught: found }) => [`${at.sends} ${at.provenPercent} ${set}`, Object.values(found)]),
    );
    expect(caught).toEqual({
      "20 20 true": [2, 85, 9],
      "10 30 false": [3, 97, 12],
      "50 20 false": [1, 60, 5],
      "50 10 false": [1, 60, 5],
    });
    const kept = await sql`SELECT sends, proven FROM conversion_hours WHERE hour >= date_trunc('hour', app_now() - interval '10 minutes')`;
    expect(kept).toEqual([{ sends: 10, proven: 3 }]);
  });
});

describe("The brake", () => {
  async function on(): Promise<void> {
    await sent(20);
    await watchConversion();
  }

  it("gives each address five sends to new numbers an hour, also when twelve come at once, counting what went before it", async () => {
    const [ip, pumper] = [randomUUID(), randomUUID()];
    const tokens = await Promise.all(Array.from({ length: 20 }, binding));
    await forgetLimits();
    for (const token of tokens.slice(0, 6)) must(await bind(token, pumper));
    await on();
    expect(await bind(tokens[6] ?? "", pumper)).toMatchObject({
      ok: false,
      error: { code: "too_many_sends", retryAfter: expect.any(Number) },
    });
    const results = await together(12, (index) => bind(tokens[index + 7] ?? "", ip));
    expect(outcomes(results).filter((one) => one === "ok")).toHaveLength(5);
    await setClock(3601);
    must(await bind(await binding(), pumper));
  });

  it("counts a resend and a call, and gives back what was proven: a house of people who prove their numbers goes on", async () => {
    await on();
    const ip = randomUUID();
    for (let person = 0; person < 8; person += 1) {
      await sql`DELETE FROM limit_hits WHERE policy <> 'new_number_sends_per_ip'`;
      const token = await binding();
      must(await bind(token, ip));
      must(await sendCode(token, { method: "voice" }, { ...requester, ip }));
      must(await verifyChallenge(token, { code: await codeOf(token) }, { ...requester, ip }));
    }
    const token = await binding();
    for (let number = 0; number < 2; number += 1) must(await bind(token, ip));
    for (let left = 0; left < 2; left += 1) must(await bind(await binding(), ip));
    must(await sendCode(token, { method: "voice" }, { ...requester, ip }));
    expect(outcomes([await bind(await binding(), ip)])).toEqual(["too_many_sends"]);
  });

  it("is for its country and for new numbers alone: owners sign in by theirs", async () => {
    await on();
    const owner = await makeAccount();
    const ip = randomUUID();
    for (let times = 0; times < 5; times += 1) must(await bind(await binding(), ip));
    must(await signIn({ identifier: owner.email, password: PASSWORD }, { ...requester, ip }));
    await sql`DELETE FROM brakes`;
    await sent(20, { country: "US" });
    await sql`DELETE FROM messages WHERE country = 'JP'`;
    await watchConversion();
    expect(await braked("US")).toBe(3600);
    must(await bind(await binding(), ip));
  });
});
