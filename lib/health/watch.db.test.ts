import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Condition, ConditionKind, Measured } from "#lib/health/judge";
import type { ConditionLine } from "#lib/health/watch";

const SECRET = "a-secret-of-this-test-with-32-characters-or-more";
const { loopback, answers } = await import("#lib/testing/loopback");
const server = await loopback();
Object.assign(process.env, {
  ALERT_WEBHOOK_URL: `${server.url}/alerts`,
  ALERT_WEBHOOK_SECRET: SECRET,
  ALERT_MAIL_TO: "operator@example.jp",
});

const { sql } = await import("#lib/db/sql");
const { demoMessages } = await import("#lib/demo/inbox");
const { isWebhookSigned } = await import("#lib/delivery/providers/webhook/signature");
const { conditionKinds, judge } = await import("#lib/health/judge");
const { measure } = await import("#lib/health/measure");
const { keepConditions, listConditions } = await import("#lib/health/watch");
const { conditionWords } = await import("#lib/health/words");
const { tellCondition } = await import("#lib/jobs/tell-condition");
const { setClock, together } = await import("#lib/testing/fixtures");

afterAll(() => server.close());
afterEach(() => setClock(0));
beforeEach(async () => {
  await sql`DELETE FROM conditions`;
  await sql`DELETE FROM condition_notices`;
  await sql`DELETE FROM provider_health`;
  await sql`DELETE FROM provider_accounts WHERE name LIKE 'health-%'`;
  server.arrived.length = 0;
});

const down = (name = "first"): Condition => ({
  kind: "provider_down",
  subject: `${name} SMS`,
  facts: { provider: name, channel: "SMS", reason: "provider_down" },
});
const told = (several: { kind: string; phase: string }[]) => several.map(({ kind, phase }) => `${kind} ${phase}`);

describe("A condition", () => {
  it("is told once when it begins and once when it is over, however many workers look", async () => {
    const begun = (await together(4, () => keepConditions([down()]))).flat();
    expect(told(begun)).toEqual(["provider_down begin"]);
    expect(await listConditions()).toMatchObject([{ kind: "provider_down", endedAt: null }]);
    const over = (await together(4, () => keepConditions([]))).flat();
    expect(told(over)).toEqual(["provider_down over"]);
    expect((await listConditions())[0]?.endedAt).not.toBeNull();
  });

  it("is told again each hour while it lasts, and a second one of its kind within the hour is not", async () => {
    expect(told(await keepConditions([down()]))).toEqual(["provider_down begin"]);
    await setClock(1800);
    expect(told(await keepConditions([down(), down("second")]))).toEqual([]);
    await setClock(3700);
    expect(told(await keepConditions([down(), down("second")]))).toEqual(["provider_down begin"]);
  });

  it("that comes and goes is told once an hour, and each told beginning has its end", async () => {
    const all: string[] = [];
    for (let index = 0; index < 6; index++) {
      await setClock(index * 300);
      all.push(...told(await keepConditions(index % 2 === 0 ? [down()] : [])));
    }
    expect(all).toEqual(["provider_down begin", "provider_down over"]);
  });

  it("keeps its beginning while it lasts", async () => {
    await keepConditions([down()]);
    const [before] = await listConditions();
    await setClock(600);
    await keepConditions([down()]);
    expect((await listConditions())[0]?.since).toBe(before?.since);
  });
});

const fine: Measured = {
  ...{ down: [], delivered: [], silent: [], volume: [], destinations: [], blocks: [], budgets: [] },
  ...{ late: 0, idle: 20, databaseMs: 3, cases: 0, auditSilentHours: 1, certificateDays: 60, keyDays: 30 },
};
const usual = {
  name: "first",
  channel: "SMS",
  ended: 100,
  delivered: 96,
  usualEnded: 700,
  usualDelivered: 672,
  seconds: 5,
  usualSeconds: 4,
};

/** What is measured while each kind of condition lasts. */
const outages: Record<ConditionKind, Partial<Measured>> = {
  provider_down: { down: [{ name: "first", channel: "SMS", reason: "provider_down" }] },
  delivery_falling: { delivered: [{ ...usual, delivered: 40 }] },
  delivery_slow: { delivered: [{ ...usual, seconds: 90 }] },
  receipts_silent: { silent: [{ name: "first", sent: 30, silent: 30 }] },
  unusual_volume: { volume: [{ channel: "SMS", now: 900, usual: 100 }] },
  new_destination: { destinations: [{ country: "FR", sends: 3 }] },
  numbers_in_a_row: { blocks: [{ country: "", until: "2026-12-01T00:00:00Z" }] },
  budget_low: { budgets: [{ name: "sends_per_day", subject: "", used: 80, max: 100 }] },
  queue_late: { late: 4 },
  worker_idle: { idle: 600 },
  database_slow: { databaseMs: 900 },
  cases_waiting: { cases: 2 },
  audit_unverified: { auditSilentHours: 7 },
  certificate_ends: { certificateDays: 3 },
  key_old: { keyDays: 500 },
};

type Job = { kind: string; phase: "begin" | "over"; way: "webhook" | "mail" };

/** Takes the alerts that wait in the queue. */
const takeAlerts = () => sql<Job>`
  DELETE FROM graphile_worker._private_jobs j USING graphile_worker._private_tasks t WHERE t.id = j.task_id AND t.identifier = 'tell_condition'
  RETURNING j.payload->>'kind' AS kind, j.payload->>'phase' AS phase, j.payload->>'way' AS way`;

describe("What is measured", () => {
  it("reads every figure from the database, and finds an open breaker", async () => {
    expect(judge(await measure()).filter(({ kind }) => kind === "provider_down")).toEqual([]);
    const [account] = await sql<{ id: string }>`INSERT INTO provider_accounts (name, kind) VALUES ('health-one', 'webhook') RETURNING id`;
    await sql`
      INSERT INTO provider_health (account_id, channel, failures, down_until, reason)
      VALUES (${account?.id ?? null}::uuid, 'SMS', 5, app_now() + interval '1 minute', 'provider_down')`;
    expect(judge(await measure()).find(({ kind }) => kind === "provider_down")?.facts).toEqual({
      provider: "health-one",
      channel: "SMS",
      reason: "provider_down",
    });
  });
});

describe("An alert", () => {
  it("goes out as a signed webhook and as a mail in both languages, with its end, and is sent again while it is not taken", async () => {
    await keepConditions([down()]);
    server.answer(answers(503));
    await expect(tellCondition({ kind: "provider_down", phase: "begin", way: "webhook" })).rejects.toThrow(
      "ALERT_WEBHOOK_URL answered 503",
    );
    server.answer(answers(204));
    await tellCondition({ kind: "provider_down", phase: "begin", way: "webhook" });
    const { headers, body } = server.arrived.at(-1) ?? { headers: {}, body: Buffer.alloc(0) };
    const given = new Headers(Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]));
    expect(isWebhookSigned(SECRET, given, body.toString())).toBe(true);
    expect(JSON.parse(body.toString())).toMatchObject({
      event: "condition.begin",
      kind: "provider_down",
      conditions: [{ subject: "first SMS" }],
    });
    await tellCondition({ kind: "provider_down", phase: "begin", way: "mail" });
    await keepConditions([]);
    await tellCondition({ kind: "provider_down", phase: "over", way: "mail" });
    const mails = await demoMessages("operator@example.jp", null);
    expect(mails.map(({ text }) => text)).toEqual([
      expect.stringContaining("This is over"),
      expect.stringMatching(/送れません[\s\S]*takes no messages/),
    ]);
  });

  it("has words in both languages for every kind", () => {
    for (const [kind, { what, todo }] of Object.entries(conditionWords)) {
      const facts = new Proxy({}, { get: () => "7" }) as ConditionLine["facts"];
      expect([what.ja(facts), todo.ja].join(), kind).toMatch(/ます|ません|ください/);
      expect([what.en(facts), todo.en].join(), kind).not.toMatch(/[\u3040-\u30ff]/);
    }
  });
});

describe("An outage", () => {
  it.each(conditionKinds)("of the kind %s is told by exactly one message and one end, however often two instances see it", async (kind) => {
    await takeAlerts();
    const mails = async () => (await demoMessages("operator@example.jp", null)).length;
    const before = await mails();
    const tell = async () => {
      const jobs = await takeAlerts();
      for (const job of jobs) await tellCondition(job);
      return jobs.map(({ kind: one, phase, way }) => `${one} ${phase} ${way}`).sort();
    };
    server.answer(answers(204));
    for (let minute = 0; minute < 3; minute++) {
      await setClock(minute * 60);
      await together(2, () => keepConditions(judge({ ...fine, ...outages[kind] })));
    }
    expect(await tell()).toEqual([`${kind} begin mail`, `${kind} begin webhook`]);
    for (let minute = 3; minute < 5; minute++) {
      await setClock(minute * 60);
      await together(2, () => keepConditions(judge(fine)));
    }
    expect(await tell()).toEqual([`${kind} over mail`, `${kind} over webhook`]);
    expect([(await mails()) - before, server.arrived.length]).toEqual([2, 2]);
  });
});
