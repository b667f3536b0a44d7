import { createHmac } from "node:crypto";
import { inspect } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Callback, Delivery, ProviderAccount } from "#lib/delivery/provider";
import { signedHeaders } from "#lib/delivery/providers/webhook/signature";
import { webhook } from "#lib/delivery/providers/webhook/webhook";
import { badDays } from "#lib/testing/bad-days";
import { type Arrived, answers, type Loopback, loopback } from "#lib/testing/loopback";

const SECRET = "never-to-be-seen-0123456789abcdef";
const attemptId = "0f6f0b3e-7a5e-4f3a-9a53-3d3a6d9a5b10";
const common = { to: "+819012345678", code: "012345", attemptId, locale: "ja", validSeconds: 600 } as const;
const sms: Delivery = { channel: "SMS", text: "【例】コード 012345\n@auth.example.jp #012345", ...common };
const call: Delivery = { channel: "VOICE", greeting: "1 を押してください。", text: "コードは、ゼロ、いち…", ...common };
const soon = () => AbortSignal.timeout(5000);
const surroundings = {
  receiptUrl: (id?: string) => `https://auth.example.jp/api/receipts/p1?attempt=${id}`,
  voiceUrl: () => "",
  report: () => Promise.resolve("unmatched" as const),
  lost: () => undefined,
};
const account = (over: Partial<ProviderAccount> = {}): ProviderAccount => ({
  id: "p1",
  name: "gateway",
  kind: "webhook",
  baseUrl: `${server.url}/send`,
  sender: "00051234",
  settings: {},
  secrets: { secret: SECRET },
  ...over,
});

let server: Loopback;
const provider = (over?: Partial<ProviderAccount>) => webhook.create(account(over), surroundings);

beforeAll(async () => {
  server = await loopback();
});
afterAll(() => server.close());
beforeEach(() => {
  server.arrived.splice(0);
  server.answer(answers(202, { id: "m-1" }));
});

/** Expects the signature that a gateway would compute over the received bytes. */
function expectSigned(arrived: Arrived | undefined) {
  const timestamp = String(arrived?.headers["sekisho-timestamp"]);
  const mac = createHmac("sha256", SECRET)
    .update(timestamp)
    .update(".")
    .update(arrived?.body ?? "");
  expect(arrived?.headers["sekisho-signature"]).toBe(`v1=${mac.digest("hex")}`);
  expect(Math.abs(Date.now() / 1000 - Number(timestamp))).toBeLessThan(10);
}

describe("Handing a message to a webhook", () => {
  it("posts a signed text to the configured address as it is, named by our attempt", async () => {
    expect(await provider().send(sms, soon())).toEqual({ status: "sent", ref: "m-1" });
    const [arrived] = server.arrived;
    expect(`${arrived?.method} ${arrived?.path}`).toBe("POST /send");
    expect(arrived?.headers).toMatchObject({ "content-type": "application/json", "idempotency-key": attemptId });
    expect(JSON.parse(arrived?.body.toString() ?? "")).toMatchObject({
      text: sms.text,
      from: "00051234",
      receiptUrl: `https://auth.example.jp/api/receipts/p1?attempt=${attemptId}`,
    });
    expectSigned(arrived);
  });

  it("posts a call whose code stands behind the greeting (PSTN-09)", async () => {
    server.answer(answers(200, { id: "c-1", status: "delivered" }));
    expect(await provider({ sender: null }).send(call, soon())).toEqual({ status: "delivered", ref: "c-1" });
    const said = JSON.parse(server.arrived[0]?.body.toString() ?? "");
    expect(said).toMatchObject({ channel: "voice", greeting: "1 を押してください。", text: "コードは、ゼロ、いち…", from: null });
    expectSigned(server.arrived[0]);
  });

  it("carries any text byte for byte under a signature that holds (200 random texts)", async () => {
    const texts = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("\u0000", "\u2028\u2029", "👩‍👩‍👧", "\ufeff"),
    );
    const to = provider();
    await fc.assert(
      fc.asyncProperty(texts, texts, async (text, greeting) => {
        server.arrived.splice(0);
        await to.send({ ...call, text, greeting }, soon());
        const [arrived] = server.arrived;
        const said = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(arrived?.body));
        expect(Buffer.from(said.text)).toEqual(Buffer.from(text));
        expect(Buffer.from(said.greeting)).toEqual(Buffer.from(greeting));
        expectSigned(arrived);
      }),
      { numRuns: 200 },
    );
  });

  const failed = { status: "failed", permanent: false };
  it.each([
    ["204", answers(204), { status: "sent", ref: null }],
    ["400 with a reason", answers(400, { reason: "landline" }), { ...failed, reason: "landline" }],
    [
      "422 for good",
      answers(422, { reason: "invalid_number", permanent: true }),
      { status: "failed", reason: "invalid_number", permanent: true },
    ],
    ["404 in HTML", answers(404, "<html>"), { ...failed, reason: "rejected" }],
    ["401", answers(401), { ...failed, reason: "rejected", backOff: "now" }],
    ["403", answers(403), { ...failed, reason: "rejected", backOff: "now" }],
    ["429 with Retry-After", answers(429, "", { "retry-after": "17" }), { ...failed, reason: "throttled", backOff: 17 }],
    ["500", answers(500, { reason: "landline", permanent: true }), { ...failed, reason: "provider_down" }],
    ["200 with an error inside", answers(200, { error: "no credit" }), { status: "unknown" }],
    [
      "200 that says it failed",
      answers(200, { status: "failed", reason: "budget_spent" }),
      { ...failed, reason: "budget_spent", ref: null },
    ],
    ["a redirect", answers(307, "", { location: "/elsewhere" }), { ...failed, reason: "provider_down" }],
  ])("%s", async (_, answering, outcome) => {
    server.answer(answering);
    expect(await provider().send(sms, soon())).toEqual(outcome);
    expect(server.arrived).toHaveLength(1);
  });

  it.each(badDays)("$name leaves it unknown, in time, and is not asked twice", async ({ answering }) => {
    server.answer(answering);
    const start = performance.now();
    expect(await provider().send(sms, AbortSignal.timeout(500))).toEqual({ status: "unknown" });
    expect(performance.now() - start).toBeLessThan(3000);
    expect(server.arrived).toHaveLength(1);
  });

  it("an unreachable gateway has taken nothing", async () => {
    const gone = await loopback();
    await gone.close();
    const outcome = await provider({ baseUrl: gone.url }).send(sms, soon());
    expect(outcome).toEqual({ status: "failed", reason: "provider_down", permanent: false });
  });
});

describe("Asking a gateway about an attempt", () => {
  it("is done only where the account says that it answers", () => {
    expect(provider().check).toBeUndefined();
    expect(provider({ settings: { check: false } }).check).toBeUndefined();
    expect(provider({ settings: { check: true } }).check).toBeDefined();
  });

  const ask = () => provider({ settings: { check: true } }).check?.({ attemptId, ref: null, channel: "SMS" }, AbortSignal.timeout(500));
  it("posts a signed question without the key of the hand-over", async () => {
    server.answer(answers(200, { status: "absent" }));
    expect(await ask()).toEqual({ status: "absent" });
    const [arrived] = server.arrived;
    expect(arrived?.path).toBe("/send/check");
    expect(Object.keys(arrived?.headers ?? {})).not.toContain("idempotency-key");
    expectSigned(arrived);
  });

  it.each([201, 202, 302, 400, 401, 404, 429, 500])("answered with %i says nothing about the message", async (status) => {
    server.answer(answers(status, { status: "absent", reason: "landline" }));
    expect(await ask()).toEqual({ status: "unknown" });
  });

  it.each(badDays)("$name says nothing about the message", async ({ answering }) => {
    server.answer(answering);
    expect(await ask()).toEqual({ status: "unknown" });
  });
});

describe("A receipt of a gateway", () => {
  const callback = (body: string, signed: Record<string, string>, method = "POST"): Callback => {
    const url = "https://auth.example.jp/api/receipts/p1";
    return { method, url, query: new URLSearchParams(), headers: new Headers(signed), body };
  };
  const body = JSON.stringify({ attemptId, status: "delivered" });

  it("is a fact when it is signed", () => {
    expect(provider().receipt?.(callback(body, signedHeaders(SECRET, body)))).toEqual({ receipts: [{ attemptId, status: "delivered" }] });
  });

  it.each([
    ["unsigned", {}],
    ["signed with another secret", signedHeaders(`${SECRET}x`, body)],
    ["signed for another body", signedHeaders(SECRET, `${body} `)],
    ["signed too long ago", signedHeaders(SECRET, body, Date.now() - 900_000)],
    ["signed in the future", signedHeaders(SECRET, body, Date.now() + 900_000)],
  ])("is forbidden when it is %s", (_, headers) => expect(provider().receipt?.(callback(body, headers))).toBe("forbidden"));

  it("is forbidden before it is read, and malformed after", () => {
    expect(provider().receipt?.(callback("{", {}))).toBe("forbidden");
    expect(provider().receipt?.(callback("{", signedHeaders(SECRET, "{")))).toBe("malformed");
    expect(provider().receipt?.(callback(body, signedHeaders(SECRET, body), "GET"))).toBe("malformed");
  });

  it("is not made of our own requests sent back to us", async () => {
    await provider().send(sms, soon());
    await provider({ settings: { check: true } }).check?.({ attemptId, ref: null, channel: "SMS" }, soon());
    expect(server.arrived).toHaveLength(2);
    for (const { body, headers } of server.arrived)
      expect(provider().receipt?.(callback(body.toString(), headers as Record<string, string>))).toBe("malformed");
  });
});

describe("The secret of a webhook", () => {
  it("is in no request, outcome, error or line of a log", async () => {
    const lines = (["log", "info", "warn", "debug"] as const).map((level) => vi.spyOn(console, level));
    const told: unknown[] = [];
    for (const answering of [answers(202, { id: "m-1" }), answers(401), answers(500), ...badDays.map((day) => day.answering)]) {
      server.answer(answering);
      told.push(await provider().send(sms, AbortSignal.timeout(300)));
    }
    for (const { headers, body } of server.arrived) told.push(headers, body.toString());
    for (const short of ["short", `${SECRET}\n`])
      try {
        provider({ secrets: { secret: short } });
        expect.unreachable("a secret that is none was accepted");
      } catch (error) {
        told.push(error);
      }
    expect(inspect(told, { depth: null })).not.toContain("never-to-be-seen");
    for (const line of lines) expect(line).not.toHaveBeenCalled();
  });

  it("an account without an address is refused when it is made", () => {
    expect(() => provider({ baseUrl: null })).toThrow("base URL");
  });
});
