import { createServer } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { exchange, jsonObject, retryAfter } from "#lib/delivery/providers/http";
import { badDays } from "#lib/testing/bad-days";
import { answers, type Loopback, loopback } from "#lib/testing/loopback";

describe("One exchange with a provider", () => {
  let server: Loopback;
  beforeAll(async () => {
    server = await loopback();
  });
  afterAll(() => server.close());
  beforeEach(() => void server.arrived.splice(0));

  it("follows no redirect, so no credentials go elsewhere (PV-01)", async () => {
    const elsewhere = await loopback();
    for (const status of [301, 302, 303, 307, 308]) {
      server.answer(answers(status, "", { location: `${elsewhere.url}/` }));
      const init = { method: "POST", headers: { authorization: "Bearer t" }, body: "x" };
      expect(await exchange(server.url, init, AbortSignal.timeout(5000))).toMatchObject({ ok: true, status });
    }
    expect(elsewhere.arrived).toEqual([]);
    await elsewhere.close();
  });

  it.each(["an answer without end", "a gzip bomb"])("reads %s no further than 64 Ki characters and hangs up", async (name) => {
    const gone = new Promise<void>((resolve) =>
      server.answer((arrived, response) => {
        response.on("close", resolve);
        badDays.find((day) => day.name === name)?.answering(arrived, response);
      }),
    );
    const answer = await exchange(server.url, {}, AbortSignal.timeout(20_000));
    expect(answer.ok && answer.text.length).toBe(65_536);
    await gone;
  });

  it.each(["a server that stays silent", "an answer that drips"])("ends %s at the signal", async (name) => {
    server.answer(badDays.find((day) => day.name === name)?.answering ?? answers(500));
    const start = performance.now();
    expect(await exchange(server.url, {}, AbortSignal.timeout(300))).toEqual({ ok: false, taken: "unknown" });
    expect(performance.now() - start).toBeLessThan(3000);
  });

  it("knows that nothing was taken where no server listens, and does not where the connection is lost", async () => {
    const closed = createServer();
    const port = await new Promise<number>((resolve) =>
      closed.listen(0, "127.0.0.1", () => resolve((closed.address() as { port: number }).port)),
    );
    await new Promise((resolve) => closed.close(resolve));
    expect(await exchange(`http://127.0.0.1:${port}`, {}, AbortSignal.timeout(5000))).toEqual({ ok: false, taken: "no" });
    server.answer((_, response) => void response.socket?.resetAndDestroy());
    expect(await exchange(server.url, { method: "POST" }, AbortSignal.timeout(5000))).toEqual({ ok: false, taken: "unknown" });
    expect(server.arrived).toHaveLength(1);
  });
});

describe("The pieces of an answer", () => {
  it.each([
    ["{}", {}],
    ['{"id":"a"}', { id: "a" }],
    ["", null],
    ["[]", null],
    ["null", null],
    ['"a"', null],
    ["{", null],
    ["<html>", null],
  ])("%j as a JSON object is %j", (text, value) => expect(jsonObject(text)).toEqual(value));

  it("takes a __proto__ in JSON for the plain member it is", () => {
    const value = jsonObject('{"__proto__":{"id":"a","status":"delivered"},"constructor":{"prototype":{"id":"b"}}}');
    expect([value?.id, value?.status, ({} as Record<string, unknown>).id]).toEqual([undefined, undefined, undefined]);
  });

  it.each([
    ["120", 120],
    ["Tue, 24 Nov 2026 00:01:30 GMT", 90],
    ["Tue, 24 Nov 2026 00:00:00 GMT", 1],
    ["Mon, 23 Nov 2026 00:00:00 GMT", 1],
    ["-5", 30],
    ["1e3", 30],
    ["", 30],
  ])("Retry-After %j is %i seconds", (value, seconds) => {
    expect(retryAfter(new Headers({ "retry-after": value }), Date.UTC(2026, 10, 24))).toBe(seconds);
  });
});
