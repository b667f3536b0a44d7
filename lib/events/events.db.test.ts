import { createServer } from "node:http";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type AuditEventName, record } from "#lib/audit/record";
import { told } from "#lib/audit/told";
import { listDeliveries, readEvent } from "#lib/console/event-log";
import { type Sql, sql, transaction } from "#lib/db/sql";
import { GIVE_UP_SECONDS, waitAfter } from "#lib/events/back-off";
import { deliverNext, deliverTo } from "#lib/events/deliver";
import {
  addEndpoint,
  listEndpoints,
  pauseEndpoint,
  removeEndpoint,
  resumeEndpoint,
  rotateEndpoint,
  testEndpoint,
} from "#lib/events/endpoints";
import { resendEvent } from "#lib/events/resend";
import { cleanUp } from "#lib/jobs/clean-up";
import { type Account, makeAccount, must, setClock } from "#lib/testing/fixtures";
import { waitsForLock } from "#lib/testing/locks";
import { answers, type Loopback, loopback } from "#lib/testing/loopback";

let receiver: Loopback;
let endpoint: { id: string; secret: string; url: string };
let account: Account;

const add = async (url: string, types: string[] | null = null) => must(await transaction((tx) => addEndpoint(tx, { url, types })));

beforeEach(async () => {
  receiver = await loopback(answers(200));
  endpoint = await add(`${receiver.url}/hook`);
  account = await makeAccount({ phone: false });
});
afterEach(async () => {
  await setClock(0);
  await sql`DELETE FROM event_endpoints`;
  await sql`DELETE FROM events`;
  await receiver.close();
});

const happens = (event: Parameters<typeof record>[1]["event"], userId = account.userId, method: string | null = null) =>
  transaction((tx) => record(tx, { event, userId, method, ip: "192.0.2.1", userAgent: "test" }));
const deliver = (id = endpoint.id) => deliverTo(id);
const bodies = () => receiver.arrived.map(({ body }) => JSON.parse(body.toString()) as { type: string; timestamp: string; data: object });
const headersOf = (index: number) => receiver.arrived[index]?.headers as Record<string, string>;
const idOf = (index: number) => headersOf(index)?.["webhook-id"] ?? "";
const lines = async () => (await listDeliveries()).lines;

describe("An event", () => {
  it("is of what the audit log knows, and of nothing else", () => {
    const names: readonly AuditEventName[] = Object.keys(told) as (keyof typeof told)[];
    expect(names).toContain("account.deleted" satisfies AuditEventName);
  });

  it("is signed as the library of the standard asks, holds ids alone, and is taken once", async () => {
    await happens("phone.bound");
    await deliver();
    await deliver();
    expect(receiver.arrived).toHaveLength(1);
    const [arrived] = receiver.arrived;
    const body = arrived?.body.toString() ?? "";
    expect(new Webhook(endpoint.secret).verify(body, headersOf(0))).toEqual({
      type: "account.phone_changed",
      timestamp: expect.stringMatching(/^20\d\d-\d\d-\d\dT[\d:.]+Z$/),
      data: { account: account.userId, change: "added" },
    });
    expect(() => new Webhook(endpoint.secret).verify(`${body} `, headersOf(0))).toThrow();
    expect(await lines()).toMatchObject([{ state: "delivered", attempts: 1, status: 200 }]);
  });

  it("is not there when its cause was undone, nor without an endpoint that takes its type", async () => {
    await expect(
      transaction(async (tx) => {
        await record(tx, { event: "account.suspended", userId: account.userId, ip: "", userAgent: "" });
        throw new Error("undone");
      }),
    ).rejects.toThrow("undone");
    await happens("session.opened");
    expect(await lines()).toEqual([]);
    const picky = await add(`${receiver.url}/picky`, ["account.deleted"]);
    await happens("account.suspended");
    expect((await lines()).map(({ url }) => url)).toEqual([endpoint.url]);
    await happens("account.deleted");
    expect((await lines()).filter(({ url }) => url === picky.url)).toHaveLength(1);
  });

  it("of a case names its reference and never the member of staff, and its opening is told once", async () => {
    await happens("case.requested", account.userId, "K7Q2-9M4X staff:8d7c (called us)");
    await happens("case.requested", account.userId, "K7Q2-9M4X");
    await happens("case.rejected", account.userId, "K7Q2-9M4X staff:8d7c (called us)");
    await deliver();
    expect(bodies().map(({ type, data }) => [type, data])).toEqual([
      ["case.opened", { account: account.userId, case: "K7Q2-9M4X" }],
      ["case.closed", { account: account.userId, case: "K7Q2-9M4X", outcome: "rejected" }],
    ]);
  });

  it("of an account is not sent before the earlier one was taken, by however many workers", async () => {
    const other = await makeAccount({ phone: false });
    for (const change of ["phone.bound", "totp.added", "passkey.added"] as const) await happens(change);
    await happens("account.suspended", other.userId);
    // The first answer waits until every other worker has looked and has nothing more to do.
    let answer = () => {};
    const looked = new Promise<void>((resolve) => {
      answer = resolve;
    });
    receiver.answer((arrived, response) => {
      const mine = arrived.body.toString().includes(account.userId);
      (mine ? looked : Promise.resolve()).then(() => response.writeHead(200).end());
    });
    let done = 0;
    const workers = Array.from({ length: 8 }, () => deliverNext(endpoint.id).finally(() => (done += 1)));
    await vi.waitUntil(() => done === 7, { timeout: 8_000 }).catch(() => undefined);
    const early = bodies().filter(({ data }) => (data as { account: string }).account === account.userId);
    answer();
    await Promise.all(workers);
    expect(early).toHaveLength(1);
    while (await deliverNext(endpoint.id));
    const mine = bodies().filter(({ data }) => (data as { account: string }).account === account.userId);
    expect(mine.map(({ data }) => (data as { factor?: string }).factor ?? "phone")).toEqual(["phone", "totp", "passkey"]);
    expect(receiver.arrived).toHaveLength(4);
  });

  it("has the place in which its transaction ends, although another of its account began earlier", async () => {
    // The first job of a kind is waited for too, because its name is new.
    await happens("passkey.added");
    const added = (tx: Sql) => record(tx, { event: "totp.added", userId: account.userId, ip: "", userAgent: "" });
    await transaction(async (tx) => {
      await record(tx, { event: "phone.bound", userId: account.userId, ip: "", userAgent: "" });
      expect(await waitsForLock(added)).toBe(true);
    });
    await transaction(added);
    await deliver();
    expect(bodies().map(({ type }) => type)).toEqual(["account.factor_changed", "account.phone_changed", "account.factor_changed"]);
  });

  it("holds back no event of another account", async () => {
    const other = await makeAccount({ phone: false });
    receiver.answer((arrived, response) => response.writeHead(arrived.body.toString().includes(account.userId) ? 500 : 200).end());
    await happens("phone.bound");
    await happens("totp.added");
    await happens("phone.bound", other.userId);
    await deliver();
    expect((await lines()).map(({ subject, state }) => [subject, state])).toEqual([
      [other.userId, "delivered"],
      [account.userId, "pending"],
      [account.userId, "pending"],
    ]);
  });

  it("is sent again with a growing wait under the same id for three days, is parked then, and lets the next one pass", async () => {
    receiver.answer((_, response) => response.writeHead(503).end());
    await happens("phone.bound");
    await happens("totp.added");
    let now = 0;
    const tried: number[] = [];
    for (let failures = 1; now <= GIVE_UP_SECONDS; failures += 1) {
      await setClock(now);
      await deliver();
      tried.push(now);
      // Not a second early.
      await setClock(now + waitAfter(failures) - 5);
      const sent = receiver.arrived.length;
      if (now + waitAfter(failures) < GIVE_UP_SECONDS) await deliver();
      expect(receiver.arrived).toHaveLength(sent);
      if (now === GIVE_UP_SECONDS + 1) break;
      now = Math.min(now + waitAfter(failures) + 1, GIVE_UP_SECONDS + 1);
    }
    await setClock(GIVE_UP_SECONDS + 2);
    await deliver();
    const [later, first] = await lines();
    expect(first).toMatchObject({ state: "parked", status: 503, attempts: tried.length + 1, nextAt: null });
    expect(tried.length).toBeGreaterThan(7);
    // The one behind it was tried once it was parked, and is past its own three days.
    expect(later).toMatchObject({ state: "parked", attempts: 1 });
    expect(new Set(receiver.arrived.map((_, index) => idOf(index))).size).toBe(2);
    receiver.answer(answers(200));
    expect(await transaction((tx) => resendEvent(tx, first?.eventId ?? ""))).toEqual({ ok: true, value: 1 });
    expect(await transaction((tx) => resendEvent(tx, first?.eventId ?? ""))).toEqual({ ok: false, error: "no_change" });
    await deliver();
    expect((await lines())[1]).toMatchObject({ state: "delivered" });
    expect(idOf(receiver.arrived.length - 1)).toBe(idOf(0));
    expect((await readEvent(first?.eventId ?? ""))?.deliveries[0]?.attempts).toHaveLength(tried.length + 2);
  });

  it("that was sent by a worker that died goes out again under the same id", async () => {
    await happens("phone.bound");
    await sql`UPDATE event_deliveries SET claimed_until = app_now() + interval '60 seconds', attempts = 1`;
    await deliver();
    expect(receiver.arrived).toHaveLength(0);
    await setClock(61);
    await deliver();
    expect(await lines()).toMatchObject([{ state: "delivered", attempts: 2 }]);
  });

  it("keeps what was written of it by the worker that claimed it last, whatever a worker whose claim is over says later", async () => {
    await happens("phone.bound");
    let answer = () => {};
    const late = new Promise<void>((resolve) => {
      answer = resolve;
    });
    receiver.answer((_, response) => void late.then(() => response.writeHead(500).end()));
    const first = deliverNext(endpoint.id);
    await vi.waitUntil(() => receiver.arrived.length === 1, { timeout: 8_000 });
    await setClock(61);
    receiver.answer((_, response) => response.writeHead(503).end());
    await deliver();
    const written = () => sql`SELECT state, failures, attempts, next_at FROM event_deliveries`;
    const before = await written();
    expect(before).toMatchObject([{ state: "pending", failures: 1, attempts: 2 }]);
    await setClock(90);
    answer();
    await first;
    expect(await written()).toEqual(before);
  });

  it("is told of an account that is gone when it arrives, and goes with its months", async () => {
    await transaction(async (tx) => {
      await record(tx, { event: "account.deleted", userId: account.userId, ip: "", userAgent: "" });
      await tx`DELETE FROM users WHERE id = ${account.userId}::uuid`;
    });
    await deliver();
    expect(bodies()).toMatchObject([{ type: "account.deleted", data: { account: account.userId } }]);
    await setClock(91 * 86_400);
    await cleanUp();
    expect(await sql`SELECT FROM events UNION ALL SELECT FROM event_deliveries UNION ALL SELECT FROM event_attempts`).toEqual([]);
  });
});

describe("An endpoint", () => {
  it("gets signatures of both secrets for the overlap of a rotation, and of the new one alone afterwards", async () => {
    for (const hours of [-1, 24 * 30 + 1, Number.NaN])
      expect(await transaction((tx) => rotateEndpoint(tx, endpoint.id, hours))).toEqual({ ok: false, error: "bad_overlap" });
    const { secret: fresh } = must(await transaction((tx) => rotateEndpoint(tx, endpoint.id, 24)));
    await happens("phone.bound");
    await deliver();
    const body = () => receiver.arrived.at(-1)?.body.toString() ?? "";
    for (const secret of [endpoint.secret, fresh]) expect(() => new Webhook(secret).verify(body(), headersOf(0))).not.toThrow();
    await setClock(24 * 3600 + 1);
    await happens("totp.added");
    await deliver();
    expect(() => new Webhook(fresh).verify(body(), headersOf(1))).not.toThrow();
    expect(() => new Webhook(endpoint.secret).verify(body(), headersOf(1))).toThrow();
    await cleanUp();
    expect(await sql`SELECT old_secret_sealed, old_secret_until FROM event_endpoints`).toEqual([
      { oldSecretSealed: null, oldSecretUntil: null },
    ]);
  });

  it("that is paused gets nothing and loses nothing, and its three days stand still", async () => {
    must(await transaction((tx) => pauseEndpoint(tx, endpoint.id)));
    await happens("phone.bound");
    await deliver();
    expect(receiver.arrived).toHaveLength(0);
    await setClock(10 * 86_400);
    must(await transaction((tx) => resumeEndpoint(tx, endpoint.id)));
    receiver.answer((_, response) => response.writeHead(500).end());
    await deliver();
    expect(await lines()).toMatchObject([{ state: "pending", attempts: 1 }]);
    receiver.answer(answers(200));
    await setClock(10 * 86_400 + 61);
    await deliver();
    expect(await lines()).toMatchObject([{ state: "delivered", attempts: 2 }]);
  });

  it("that answers 410 is held until an operator decides", async () => {
    receiver.answer((_, response) => response.writeHead(410).end());
    await happens("phone.bound");
    await deliver();
    await setClock(3600);
    await deliver();
    expect(receiver.arrived).toHaveLength(1);
    expect(await listEndpoints()).toMatchObject([{ pausedBy: "receiver", pending: 1 }]);
  });

  it("is asked by four requests of a process at most, and everything is sent all the same", async () => {
    const accounts = await Promise.all(Array.from({ length: 12 }, () => makeAccount({ phone: false })));
    for (const { userId } of accounts) await happens("account.suspended", userId);
    let answer = () => {};
    const waited = new Promise<void>((resolve) => {
      answer = resolve;
    });
    receiver.answer((_, response) => void waited.then(() => response.writeHead(200).end()));
    let returned = 0;
    const runs = accounts.map(() => deliver().finally(() => (returned += 1)));
    await vi.waitUntil(() => receiver.arrived.length >= 4, { timeout: 8_000 });
    // The receiver has answered nothing, so a run that has returned found the lanes full.
    const sentAway = returned;
    answer();
    await Promise.all(runs);
    expect(sentAway).toBe(8);
    expect((await lines()).map(({ state }) => state)).toEqual(Array(12).fill("delivered"));
  });

  it("that redirects leads nowhere", async () => {
    const beyond = await loopback(answers(200));
    receiver.answer((_, response) => response.writeHead(307, { location: beyond.url }).end());
    await happens("phone.bound");
    await deliver();
    expect(beyond.arrived).toHaveLength(0);
    expect(await lines()).toMatchObject([{ state: "pending", status: 307 }]);
    await beyond.close();
  });

  it("that does not answer is written as such, and one that hangs up too", async () => {
    const { url } = receiver;
    await receiver.close();
    await happens("phone.bound");
    await deliver();
    expect(await lines()).toMatchObject([{ state: "pending", status: null, failure: "refused" }]);
    const dropping = createServer((request) => request.socket.destroy()).listen(Number(new URL(url).port), "127.0.0.1");
    await new Promise((resolve) => dropping.once("listening", resolve));
    await setClock(61);
    await deliver();
    expect(await lines()).toMatchObject([{ state: "pending", status: null, attempts: 2 }]);
    await new Promise((resolve) => dropping.close(resolve));
  });

  it("gets a test of its own, which no other endpoint gets, and takes what waits with it when it is removed", async () => {
    await add(`${receiver.url}/other`);
    const { eventId } = must(await transaction((tx) => testEndpoint(tx, endpoint.id)));
    await deliver();
    expect(idOf(0)).toBe(eventId);
    expect(bodies()).toMatchObject([{ type: "endpoint.test", data: { endpoint: endpoint.id } }]);
    must(await transaction((tx) => removeEndpoint(tx, endpoint.id)));
    expect(await lines()).toEqual([]);
  });
});

describe("The list of events", () => {
  it("narrows by state, type, endpoint and account, and turns its pages by key without a gap or a double", async () => {
    // Three rows of one place, so that pages end between them.
    for (const path of ["second", "third"]) await add(`${receiver.url}/${path}`);
    for (let n = 0; n < 60; n += 1) await happens(n % 2 ? "phone.bound" : "totp.added");
    const seen = new Set<string>();
    let pages = 0;
    for (let before: string | null | undefined; before !== null; pages += 1) {
      const page = await listDeliveries(before ? { before } : {});
      for (const { id } of page.lines) seen.add(id);
      before = page.before;
    }
    expect([seen.size, pages]).toEqual([180, 4]);
    const narrowed = await listDeliveries({ state: "pending", type: "account.phone_changed", endpoint: endpoint.id, id: account.userId });
    expect(narrowed.lines).toHaveLength(30);
    expect((await listDeliveries({ state: "parked" })).lines).toEqual([]);
  });
});
