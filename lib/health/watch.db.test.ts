import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Condition } from "#lib/health/judge";
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
const { judge } = await import("#lib/health/judge");
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
