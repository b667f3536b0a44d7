import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { provenWithin } from "#lib/console/proven";
import { exportRehearsals } from "#lib/console/rehearsal-file";
import { currentRehearsals, listRehearsals, readNeeds, readRehearsal } from "#lib/console/rehearsals";
import { type Answer, confirmRehearsal, type RehearsalForm, rehearse, rehearseAgain } from "#lib/console/rehearse";
import { readFacts, readSteps } from "#lib/console/setup";
import { rehearsalCode } from "#lib/crypto/rehearsal-code";
import { sql } from "#lib/db/sql";
import { routeOf } from "#lib/delivery/provider-accounts/route-of";
import { addProviderAccount } from "#lib/delivery/provider-accounts/store";
import type { Env } from "#lib/env";
import { cleanUp } from "#lib/jobs/clean-up";
import { forgetLimits, must, requester, setClock } from "#lib/testing/fixtures";
import { forgetStaff, type StaffMember, staffMember } from "#lib/testing/staff";

const budget = vi.hoisted((): { perDay: number | undefined } => ({ perDay: undefined }));
vi.mock("#lib/env", async (original) => {
  const real = await original<{ env: () => Env }>();
  return {
    ...real,
    env: () => ({ ...real.env(), ...(budget.perDay === undefined ? {} : { SENDS_PER_DAY: budget.perDay, SENDS_KEPT_PERCENT: 0 }) }),
  };
});

beforeEach(async () => {
  budget.perDay = undefined;
  await forgetStaff();
  await forgetLimits();
  await sql`DELETE FROM rehearsals`;
  await sql`DELETE FROM delivery_attempts`;
  await sql`DELETE FROM provider_accounts WHERE name <> 'demo'`;
});
afterEach(() => setClock(0));

const docomo = { scene: "handset", line: "docomo", system: "iphone" } as const;
const form = (given: Partial<RehearsalForm> = {}): RehearsalForm => ({
  what: docomo,
  channel: "SMS",
  number: "090-1234-5678",
  consent: true,
  provider: "",
  locale: "ja",
  ...given,
});
const send = async (staff: StaffMember, given: Partial<RehearsalForm> = {}) => {
  const row = await readRehearsal(must(await rehearse(staff, form(given), requester)));
  if (!row) throw new Error("no rehearsal");
  return row;
};
const answer = (given: Partial<Answer> = {}): Answer => ({ shown: "whole", autofill: "filled", code: "", ...given });
const admin = () => staffMember("administrator");

/** The second account of the demo network, asked after the first. */
const second = async () => {
  const [row] = await sql<{ id: string }>`INSERT INTO provider_accounts (name, kind) VALUES ('demo-2', 'demo') RETURNING id`;
  await sql`
    INSERT INTO provider_routes (account_id, channel, country, position, weight)
    SELECT ${row?.id ?? ""}::uuid, channel, country, position + 5, weight FROM provider_routes WHERE account_id = (SELECT id FROM provider_accounts WHERE name = 'demo')`;
};
const lastEvent = async () =>
  (
    await sql<{
      event: string;
      method: string;
    }>`SELECT event, method FROM audit_events WHERE event LIKE 'rehearsal.%' ORDER BY id DESC LIMIT 1`
  )[0];

describe("A rehearsal on a handset", () => {
  it("is a text as a sign-in sends it, whose code is stored nowhere and whose number is sealed and shown by two digits", async () => {
    const row = await send(await admin());
    expect(row).toMatchObject({ line: "docomo", system: "iphone", status: "delivered", provider: "demo", tried: ["demo"], digits: "78" });
    expect(row.wording).toMatch(/^【.+】認証コード ••••••（送信テスト）\n.+教えないでください\n@localhost #••••••$/);
    const [stored] = await sql<{
      all: string;
    }>`SELECT row_to_json(r)::text || row_to_json(m)::text AS all FROM rehearsals r JOIN messages m ON m.id = r.message_id`;
    expect(stored?.all).not.toContain(rehearsalCode(row.id));
    expect(stored?.all).not.toMatch(/9012345678/);
    expect(await lastEvent()).toEqual({
      event: "rehearsal.sent",
      method: expect.stringMatching(/^handset docomo iphone staff:[0-9a-f-]{36}$/),
    });
  });

  it("is refused to support, without a step-up, without consent, and to a number that is none, and nothing is written", async () => {
    const support = await staffMember("support");
    expect(await rehearse(support, form(), requester)).toMatchObject({ error: { code: "not_allowed", reason: "role" } });
    const staff = await admin();
    const noStepUp = { ...staff, sessionId: support.sessionId };
    expect(await rehearse(noStepUp, form(), requester)).toMatchObject({ error: { code: "step_up_required" } });
    expect(await rehearse(staff, form({ consent: false }), requester)).toMatchObject({
      error: { fields: { consent: "accept_risk_required" } },
    });
    expect(await rehearse(staff, form({ number: "12" }), requester)).toMatchObject({ error: { code: "number_not_accepted" } });
    expect(await rehearse(staff, form({ number: " " }), requester)).toMatchObject({ error: { fields: { number: "required" } } });
    expect(await rehearse(staff, form({ provider: "nobody" }), requester)).toMatchObject({
      error: { fields: { provider: "method_not_available" } },
    });
    expect(await rehearse(staff, form({ number: "03-1234-5678" }), requester)).toMatchObject({ error: { reason: "landline_needs_voice" } });
    expect(await listRehearsals()).toEqual([]);
  });

  it("speaks its code in a call, and the record has dots in its place", async () => {
    const row = await send(await admin(), { channel: "VOICE" });
    expect(row).toMatchObject({ channel: "VOICE", status: "delivered" });
    expect(row.wording).toContain("認証コードは、••••••、です。");
    expect(row.wording).not.toContain("ゼロ");
  });

  it("is answered once, by whom and after how many seconds, and a second answer changes nothing", async () => {
    const staff = await admin();
    const { id } = await send(staff);
    const all = await Promise.all(
      ["whole", "broken"].map((shown) => confirmRehearsal(staff, id, answer({ shown: shown as "whole" }), requester)),
    );
    expect(all.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await confirmRehearsal(staff, id, answer({ shown: "absent" }), requester)).toMatchObject({ error: { reason: "other_state" } });
    const row = await readRehearsal(id);
    expect(row).toMatchObject({ autofill: "filled", codeTyped: false, confirmedBy: expect.stringContaining("•") });
    expect(row?.readSeconds).toBeGreaterThanOrEqual(0);
    expect(await lastEvent()).toMatchObject({ event: "rehearsal.confirmed" });
    expect(await confirmRehearsal(await staffMember("support"), id, answer(), requester)).toMatchObject({ error: { reason: "role" } });
  });

  it("compares a code that was typed from the handset, in any width, and takes none from a text that did not come", async () => {
    const staff = await admin();
    const { id } = await send(staff);
    const code = rehearsalCode(id);
    const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, "0");
    for (const typed of [wrong, "x"])
      expect(await confirmRehearsal(staff, id, answer({ code: typed }), requester)).toMatchObject({ error: { code: "code_wrong" } });
    expect(await confirmRehearsal(staff, id, answer({ shown: "absent", code }), requester)).toMatchObject({
      error: { fields: { shown: "invalid_input" } },
    });
    const wide = [...code].map((digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)).join("");
    must(await confirmRehearsal(staff, id, answer({ code: ` ${wide} ` }), requester));
    expect(await readRehearsal(id)).toMatchObject({ shown: "whole", codeTyped: true });
  });

  it("is sent again to its number as a row of its own until the number is deleted after 30 days", async () => {
    const staff = await admin();
    const { id } = await send(staff);
    must(await rehearseAgain(staff, id, "en", requester));
    const [newest, first] = await listRehearsals();
    expect([newest?.digits, newest?.line, first?.id]).toEqual(["78", "docomo", id]);
    expect(newest?.wording).toContain("••••••");
    await setClock(31 * 86_400);
    await cleanUp();
    expect((await listRehearsals()).map(({ repeatable, digits, status }) => [repeatable, digits, status])).toEqual([
      [false, "78", "delivered"],
      [false, "78", "delivered"],
    ]);
    await setClock(0);
    expect(await rehearseAgain(await admin(), id, "ja", requester)).toMatchObject({ error: { reason: "other_state" } });
  });

  it("takes from the limit of its number and from the budgets what is not kept for proven numbers", async () => {
    const staff = await admin();
    for (let times = 0; times < 20; times += 1)
      must(await rehearse(staff, form({ what: { scene: "refused" }, number: "090-1234-0001" }), requester));
    expect(await rehearse(staff, form({ what: { scene: "refused" }, number: "090-1234-0001" }), requester)).toMatchObject({
      error: { code: "too_many_sends" },
    });
    expect((await send(staff)).status).toBe("delivered");
    budget.perDay = 1;
    await forgetLimits();
    expect([(await send(staff)).status, (await send(staff)).reason]).toEqual(["delivered", "budget_spent"]);
  });
});

describe("A rehearsal of what goes wrong", () => {
  const tables = async () =>
    (
      await sql<{ all: string }>`
        SELECT json_build_array((SELECT json_agg(a ORDER BY a.name) FROM provider_accounts a), (SELECT json_agg(h ORDER BY h.account_id) FROM provider_health h),
          (SELECT json_agg(r ORDER BY r.account_id, r.channel, r.country) FROM provider_routes r), (SELECT json_agg(s) FROM sending_stops s), (SELECT json_agg(c) FROM conditions c))::text AS all`
    )[0]?.all;

  it("leaves the first account out of its own message alone: the second delivers, and every other text asks the first as before", async () => {
    await second();
    const staff = await admin();
    const before = await tables();
    const row = await send(staff, { what: { scene: "first_off" } });
    expect(row).toMatchObject({ status: "delivered", provider: "demo-2", tried: ["demo-2"], leftOut: ["demo"] });
    expect(await tables()).toBe(before);
    expect((await routeOf("SMS", "JP", null)).map(({ name }) => name)).toEqual(["demo", "demo-2"]);
    expect((await send(staff)).provider).toBe("demo");
  });

  it("leaves every account out of its own message alone: nobody is written to, and the end is that of an outage", async () => {
    await second();
    const staff = await admin();
    const before = await tables();
    const row = await send(staff, { what: { scene: "all_down" }, number: "", consent: false });
    expect(row).toMatchObject({
      status: "failed",
      reason: "provider_down",
      tried: [],
      leftOut: ["demo", "demo-2"],
      digits: null,
      provider: null,
    });
    expect(await tables()).toBe(before);
    // No text was sent, so there is no handset to report on.
    expect(await confirmRehearsal(staff, row.id, answer({ shown: "absent" }), requester)).toMatchObject({
      error: { reason: "other_state" },
    });
    expect((await send(staff)).provider).toBe("demo");
  });

  it("cannot leave an account out where no other is left to deliver", async () => {
    const refused = await rehearse(await admin(), form({ what: { scene: "first_off" } }), requester);
    expect(refused).toMatchObject({ error: { code: "not_allowed", reason: "too_few_accounts" } });
    expect(await listRehearsals()).toEqual([]);
  });

  it("shows why a refused text and a contract without SMS did not arrive", async () => {
    const staff = await admin();
    expect(await send(staff, { what: { scene: "refused" }, number: "090-1234-0001" })).toMatchObject({
      status: "undelivered",
      reason: "refused_by_subscriber",
    });
    expect(await send(staff, { what: { scene: "no_sms" }, number: "090-1234-0002" })).toMatchObject({
      status: "undelivered",
      reason: "no_sms_service",
    });
  });
});

describe("The third step", () => {
  const open = async () => (await readNeeds(await currentRehearsals())).flatMap(({ of, name, met }) => (met ? [] : [`${of} ${name}`]));
  const state = async () => (await readSteps(await readFacts(async () => []))).find(({ name }) => name === "rehearse")?.state;

  it("is done by answers and results, and opens again when a handset shows less or ninety days have passed", async () => {
    await second();
    const staff = await admin();
    expect(await state()).toBe("open");
    const whole = async (line: "docomo" | "au" | "softbank" | "rakuten", system: "iphone" | "android", provider = "") =>
      must(
        await confirmRehearsal(staff, (await send(staff, { what: { scene: "handset", line, system }, provider })).id, answer(), requester),
      );
    await whole("docomo", "iphone");
    expect(await state()).toBe("begun");
    await whole("au", "android", "demo-2");
    await whole("softbank", "iphone");
    await whole("rakuten", "iphone");
    for (const [scene, number] of [
      ["refused", "090-1234-0001"],
      ["no_sms", "090-1234-0002"],
      ["first_off", "090-1234-5678"],
      ["all_down", ""],
    ] as const)
      await send(staff, { what: { scene }, number });
    expect([await open(), await state()]).toEqual([[], "done"]);
    must(
      await confirmRehearsal(
        staff,
        (await send(staff, { what: { scene: "handset", line: "au", system: "android" } })).id,
        answer({ shown: "broken" }),
        requester,
      ),
    );
    expect(await open()).toEqual(["network au", "system android"]);
    await setClock(91 * 86_400);
    expect(await open()).toHaveLength(12);
  });

  it("takes no receipt for proof where the handset did not show the text, and no receipt is needed where it did", async () => {
    const staff = await admin();
    const { id } = await send(staff);
    expect(await provenWithin(7)).toEqual(["demo"]);
    must(await confirmRehearsal(staff, id, answer({ shown: "absent" }), requester));
    expect(await provenWithin(7)).toEqual([]);
    const quiet = await send(staff, { number: "090-1234-0003" });
    expect([quiet.status, await provenWithin(7)]).toEqual(["sent", []]);
    must(await confirmRehearsal(staff, quiet.id, answer(), requester));
    expect(await provenWithin(7)).toEqual(["demo"]);
  });
});

describe("The report of the rehearsals", () => {
  it("keeps what became of a text when its message is dropped, for two years", async () => {
    const staff = await admin();
    const { id } = await send(staff, { what: { scene: "refused" }, number: "090-1234-0001" });
    await cleanUp();
    await sql`DELETE FROM messages`;
    expect(await readRehearsal(id)).toMatchObject({
      status: "undelivered",
      reason: "refused_by_subscriber",
      provider: "demo",
      seconds: expect.any(Number),
    });
    await setClock(729 * 86_400);
    await cleanUp();
    expect(await listRehearsals()).toHaveLength(1);
    await setClock(732 * 86_400);
    await cleanUp();
    expect(await sql`SELECT 1 FROM rehearsals`).toEqual([]);
  });

  it("is a file for administrators, with an event and without a number", async () => {
    const staff = await admin();
    await send(staff);
    const file = must(await exportRehearsals(staff, requester));
    expect(file.split("\r\n")[0]).toContain("at,by,scene,line,system,channel,number_ends_in");
    expect(file).toContain(",handset,docomo,iphone,sms,78,,demo,demo,");
    expect(file).not.toMatch(/1234-?5678/);
    expect(await lastEvent()).toMatchObject({ event: "rehearsal.exported" });
    expect(await exportRehearsals(await staffMember("support"), requester)).toMatchObject({ error: { reason: "role" } });
  });
});

describe("The route of a rehearsal", () => {
  it("is that of every text: by country before all countries, without disabled accounts and open breakers, unless one is named", async () => {
    await second();
    must(
      await addProviderAccount({
        name: "gateway",
        kind: "webhook",
        baseUrl: "https://sms.example.jp",
        countries: ["JP"],
        secrets: { secret: "s".repeat(40) },
      }),
    );
    const names = async (only: string | null = null) => (await routeOf("SMS", "JP", only)).map(({ name }) => name);
    expect(await names()).toEqual(["gateway", "demo", "demo-2"]);
    await sql`
      INSERT INTO provider_health (account_id, channel, failures, reason, down_until)
      SELECT id, 'SMS', 5, 'provider_down', app_now() + interval '1 minute' FROM provider_accounts WHERE name = 'gateway'`;
    await sql`UPDATE provider_accounts SET disabled_at = app_now() WHERE name = 'demo-2'`;
    expect([await names(), await names("gateway"), await names("demo-2")]).toEqual([["demo"], ["gateway"], []]);
  });
});
