import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";

const SECRET = "a secret of this test, 32 characters or more".replaceAll(" ", "-");
process.env.LOG_LEVEL = "info";

const { loopback, answers } = await import("#lib/testing/loopback");
const server = await loopback();
Object.assign(process.env, {
  AUDIT_WEBHOOK_URL: `${server.url}/heads`,
  AUDIT_WEBHOOK_SECRET: SECRET,
  AUDIT_MAIL_TO: "auditor@example.jp",
});

const { linkOf, readHead, textOf } = await import("#lib/audit/chain");
const { keepHead, logHead } = await import("#lib/audit/head");
const { record } = await import("#lib/audit/record");
const { sealEvents } = await import("#lib/audit/seal");
const { tellHead } = await import("#lib/jobs/tell-head");
const { sql } = await import("#lib/db/sql");
const { demoMessages } = await import("#lib/demo/inbox");
const { isWebhookSigned } = await import("#lib/delivery/providers/webhook/signature");
const { env } = await import("#lib/env");
const { startWorker } = await import("#lib/jobs/worker");
const { requester, together } = await import("#lib/testing/fixtures");

const owner = new pg.Client({ connectionString: env().DATABASE_URL });
let lines: Record<string, unknown>[];
beforeAll(() => owner.connect());
afterAll(async () => {
  await owner.end();
  await server.close();
});
beforeEach(() => {
  lines = [];
  vi.spyOn(process.stdout, "write").mockImplementation((line) => {
    if (String(line).startsWith("{")) lines.push(JSON.parse(String(line)) as Record<string, unknown>);
    return true;
  });
});

const grow = async () => {
  await together(3, () => record(sql, { event: "session.opened", ...requester }));
  while ((await sealEvents()) > 0);
  return readHead(sql);
};
const told = () => lines.filter(({ event }) => event === "audit.head").map(({ head, level }) => `${String(level)} ${String(head)}`);
const anHourLater = () => owner.query("UPDATE audit_heads SET at = at - interval '1 hour'");

it("The head of the log is told when it has moved, once an hour however many workers ask, and at every start", async () => {
  expect(await keepHead(), "an empty chain has none").toBeNull();
  const first = await grow();
  await together(4, () => keepHead());
  expect(told()).toEqual([`info ${textOf(first)}`]);
  await grow();
  expect(await keepHead(), "within the hour").toBeNull();
  await anHourLater();
  const second = await readHead(sql);
  expect((await keepHead())?.position).toBe(second.position);
  await anHourLater();
  expect(await keepHead(), "it did not move").toBeNull();
  await logHead();
  expect(told()).toEqual([`info ${textOf(first)}`, `info ${textOf(second)}`, `info ${textOf(second)}`]);
  expect(linkOf(textOf(second))).toEqual({ position: second.position, hash: second.hash });
});

it("The head of the log goes out as a signed webhook and as a mail, and is sent again while it is not taken", async () => {
  server.answer(answers(503));
  const { position } = await grow();
  await anHourLater();
  await keepHead();
  await expect(tellHead(String(position), "webhook")).rejects.toThrow("AUDIT_WEBHOOK_URL answered 503");
  server.answer(answers(302, "", { location: "http://127.0.0.1:1/" }));
  await expect(tellHead(String(position), "webhook")).rejects.toThrow("302");
  server.answer(answers(204));
  const worker = await startWorker();
  try {
    const waiting = () => sql`SELECT 1 FROM graphile_worker.jobs WHERE task_identifier = 'tell_audit_head'`;
    await expect.poll(async () => (await waiting()).length, { timeout: 20_000 }).toBe(0);
  } finally {
    await worker.stop();
  }
  const head = await readHead(sql);
  const { headers, body } = server.arrived.at(-1) ?? { headers: {}, body: Buffer.alloc(0) };
  const given = new Headers(Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]));
  expect(isWebhookSigned(SECRET, given, body.toString())).toBe(true);
  expect(isWebhookSigned("another secret", given, body.toString())).toBe(false);
  const posted = server.arrived.map((one) => JSON.parse(one.body.toString()) as Record<string, unknown>);
  expect(posted).toContainEqual({
    version: 1,
    event: "audit.head",
    issuer: env().publicOrigin,
    position: String(head.position),
    hash: head.hash.toString("hex"),
    at: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  const mails = await demoMessages("auditor@example.jp", null);
  expect(mails.some(({ text }) => text.includes(`npm run admin -- audit:verify --head ${textOf(head)}`))).toBe(true);
}, 60_000);
