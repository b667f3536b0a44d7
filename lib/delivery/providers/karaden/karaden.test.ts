import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Callback, Delivery, ProviderAccount } from "#lib/delivery/provider";
import { karaden } from "#lib/delivery/providers/karaden/karaden";
import { badDays } from "#lib/testing/bad-days";
import { answers, type Loopback, loopback } from "#lib/testing/loopback";

const TOKEN = "tok-4711-never-to-be-seen";
const id = "82bdf9de-a532-4bf5-86bc-c9a1366e5f4a";
const attemptId = "0f6f0b3e-7a5e-4f3a-9a53-3d3a6d9a5b10";
const message = { object: "message", id, tags: [attemptId], result: "processing", status: "waiting", sent_result: "none" };
const delivery: Delivery = {
  channel: "SMS",
  to: "+819012345678",
  text: "【例】コード 012345\n@auth.example.jp #012345",
  code: "012345",
  attemptId,
  locale: "ja",
  validSeconds: 600,
};
const attempt = (ref: string | null) => ({ attemptId, ref, channel: "SMS" as const });
const soon = () => AbortSignal.timeout(5000);
const surroundings = {
  receiptUrl: () => "",
  voiceUrl: () => "",
  report: () => Promise.resolve("unmatched" as const),
  lost: () => undefined,
};
const account = (baseUrl: string): ProviderAccount => ({
  id: "p1",
  name: "karaden",
  kind: "karaden",
  baseUrl,
  sender: null,
  settings: { tenantId: "tenant-1", serviceId: 7 },
  secrets: { token: TOKEN },
});

let server: Loopback;
const provider = () => karaden.create(account(`${server.url}/api`), surroundings);

beforeAll(async () => {
  server = await loopback();
});
afterAll(() => server.close());
beforeEach(() => void server.arrived.splice(0));

describe("Handing a text to KARADEN", () => {
  it.each([200, 201])("a message in a %i is on its way, under its own reference", async (status) => {
    server.answer(answers(status, message));
    expect(await provider().send(delivery, soon())).toEqual({ status: "sent", ref: id });
    expect(server.arrived.map(({ method, path }) => `${method} ${path}`)).toEqual(["POST /api/tenant-1/messages"]);
  });

  it("tells the vendor nothing about the machine", async () => {
    server.answer(answers(200, message));
    await provider().send(delivery, soon());
    const headers = server.arrived[0]?.headers;
    expect(headers?.["user-agent"]).toBe("Sekisho");
    expect(Object.keys(headers ?? {})).not.toContain("karaden-client-user-agent");
  });

  const error = { object: "error", code: "x", message: "x", errors: { to: ["x"] } };
  const about = (field: string) => ({ ...error, errors: { [field]: ["x"] } });
  const failed = { status: "failed", permanent: false };
  it.each([
    ["400 about the number", answers(400, error), { status: "failed", reason: "invalid_number", permanent: true }],
    ["422 about the number", answers(422, error), { status: "failed", reason: "invalid_number", permanent: true }],
    ["400 about the text", answers(400, about("body")), { ...failed, reason: "rejected" }],
    ["404", answers(404, { object: "error", code: "x" }), { ...failed, reason: "rejected" }],
    ["404 in HTML", answers(404, "<html>"), { ...failed, reason: "rejected" }],
    ["401", answers(401, { object: "error" }), { ...failed, reason: "rejected", backOff: "now" }],
    ["403", answers(403, error), { ...failed, reason: "rejected", backOff: "now" }],
    ["429 with Retry-After", answers(429, error, { "retry-after": "17" }), { ...failed, reason: "throttled", backOff: 17 }],
    ["500", answers(500, error), { ...failed, reason: "provider_down" }],
    ["503 in HTML", answers(503, "<html>"), { ...failed, reason: "provider_down" }],
    ["200 with an error inside", answers(200, about("body")), { ...failed, reason: "rejected" }],
    ["a redirect", answers(307, "", { location: "/elsewhere" }), { ...failed, reason: "provider_down" }],
  ])("%s", async (_, answering, outcome) => {
    server.answer(answering);
    expect(await provider().send(delivery, soon())).toEqual(outcome);
    expect(server.arrived).toHaveLength(1);
  });

  it.each(badDays)("$name leaves it unknown, in time, and is not asked twice", async ({ answering }) => {
    server.answer(answering);
    const start = performance.now();
    expect(await provider().send(delivery, AbortSignal.timeout(500))).toEqual({ status: "unknown" });
    expect(performance.now() - start).toBeLessThan(3000);
    expect(server.arrived).toHaveLength(1);
  });

  it("an unreachable provider has taken nothing", async () => {
    const gone = await loopback();
    await gone.close();
    const { send } = karaden.create(account(gone.url), surroundings);
    expect(await send(delivery, soon())).toEqual({ status: "failed", reason: "provider_down", permanent: false });
  });

  it("numbers it cannot reach never leave the machine; only those that cannot exist are hopeless", async () => {
    const foreign = await provider().send({ ...delivery, to: "+12025550123" }, soon());
    expect(foreign).toEqual({ status: "failed", reason: "country_blocked", permanent: false });
    const landline = await provider().send({ ...delivery, to: "+81312345678" }, soon());
    expect(landline).toEqual({ status: "failed", reason: "invalid_number", permanent: true });
    expect(server.arrived).toEqual([]);
  });
});

describe("Asking KARADEN about an attempt", () => {
  it("reads the message it knows, and by tag where it knows none", async () => {
    server.answer(answers(200, { ...message, result: "done", sent_result: "received" }));
    expect(await provider().check?.(attempt(id), soon())).toMatchObject({ status: "delivered", ref: id });
    server.answer(answers(200, { object: "list", has_more: false, data: [message] }));
    expect(await provider().check?.(attempt(null), soon())).toMatchObject({ status: "sent", ref: id });
    server.answer(answers(200, { object: "list", has_more: false, data: [] }));
    expect(await provider().check?.(attempt(null), soon())).toEqual({ status: "absent" });
    expect(server.arrived.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `GET /api/tenant-1/messages/${id}`,
      `GET /api/tenant-1/messages?service_id=7&tag=${attemptId}`,
      `GET /api/tenant-1/messages?service_id=7&tag=${attemptId}`,
    ]);
  });

  it("a reference from a callback cannot lead to another address", async () => {
    server.answer(answers(200, message));
    await provider().check?.(attempt("../../other?x#y"), soon());
    expect(server.arrived[0]?.path).toBe("/api/tenant-1/messages/..%2F..%2Fother%3Fx%23y");
  });

  it.each([400, 401, 403, 404, 429, 500, 302, 204])("a question answered with %i says nothing about the text", async (status) => {
    server.answer(answers(status, status === 204 ? "" : { object: "error" }));
    for (const ref of [id, null]) expect(await provider().check?.(attempt(ref), soon())).toEqual({ status: "unknown" });
  });

  it.each(badDays)("$name says nothing about the text", async ({ answering }) => {
    server.answer(answering);
    expect(await provider().check?.(attempt(null), AbortSignal.timeout(500))).toEqual({ status: "unknown" });
  });
});

describe("A callback of KARADEN", () => {
  const callback = (body: string, method = "POST"): Callback => {
    const url = "https://auth.example.jp/api/receipts/p1?token=t";
    return { method, url, query: new URLSearchParams("token=t"), headers: new Headers(), body };
  };

  it("is a hint, never a fact: any sender may have written it", () => {
    const claimed = JSON.stringify({ ...message, project_id: 1, result: "done", sent_result: "received" });
    expect(provider().receipt?.(callback(claimed))).toEqual({ hints: [{ ref: id, attemptId }] });
    expect(provider().receipt?.(callback(claimed, "GET"))).toBe("malformed");
    expect(provider().receipt?.(callback("service_id=7"))).toBe("malformed");
  });

  it("a hint that pairs our attempt with the message of another confirms nothing", async () => {
    server.answer(answers(200, { ...message, tags: ["another"], result: "done", sent_result: "received" }));
    expect(await provider().check?.(attempt(id), soon())).toEqual({ status: "unknown" });
  });
});

describe("The token of a KARADEN account", () => {
  it("goes into the one header it belongs in, and into no outcome, error or line of a log", async () => {
    const lines = (["log", "info", "warn", "debug"] as const).map((level) => vi.spyOn(console, level));
    const told: unknown[] = [];
    for (const answering of [
      answers(200, message),
      answers(401, { object: "error" }),
      answers(500),
      ...badDays.map((day) => day.answering),
    ]) {
      server.answer(answering);
      told.push(await provider().send(delivery, AbortSignal.timeout(300)));
      told.push(await provider().check?.(attempt(null), AbortSignal.timeout(300)));
    }
    told.push(await provider().send(delivery, AbortSignal.abort()));
    expect(inspect(told, { depth: null })).not.toContain(TOKEN);
    for (const line of lines) expect(line).not.toHaveBeenCalled();
    for (const { headers, body, path } of server.arrived) {
      expect(headers.authorization).toBe(`Bearer ${TOKEN}`);
      expect(inspect({ ...headers, authorization: "", body: body.toString(), path })).not.toContain(TOKEN);
    }
  });

  it("is refused by name alone where it could not be a header", () => {
    const broken = { ...account(server.url), secrets: { token: `${TOKEN}\r\nX-Other: 1` } };
    let error: unknown;
    try {
      karaden.create(broken, surroundings);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(Error);
    expect(inspect(error, { depth: null })).not.toContain(TOKEN);
  });
});
