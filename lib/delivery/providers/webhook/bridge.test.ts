import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { CallbackResult, Delivery } from "#lib/delivery/provider";
import { webhook } from "#lib/delivery/providers/webhook/webhook";
import { answers, type Loopback, loopback } from "#lib/testing/loopback";
import { type Program, startProgram } from "../../../../scripts/test/program.ts";

/** examples/bridge/bridge.mjs between our own webhook adapter and a vendor on loopback. */

const SECRET = "s3cret-".repeat(6);
const TEXT = "【例】コード 731946\n@auth.example.jp #731946";
const SENSITIVE = /731946|9012345678|hush/;

const place = mkdtempSync(join(tmpdir(), "sekisho-bridge-"));
let vendor: Loopback;
let sekisho: Loopback;
let bridge: Program | undefined;
let url = "";
let journal = "";
const written: string[] = [];

const provider = () =>
  webhook.create(
    { id: "p1", name: "bridge", kind: "webhook", baseUrl: url, sender: null, settings: { check: true }, secrets: { secret: SECRET } },
    {
      receiptUrl: (attemptId) => `${sekisho.url}/receipts?attempt=${attemptId}`,
      voiceUrl: () => "",
      report: () => Promise.resolve("unmatched" as const),
      lost: () => undefined,
    },
  );
const text = (attemptId = randomUUID(), to = "+819012345678"): Delivery => ({
  channel: "SMS",
  to,
  text: TEXT,
  code: "731946",
  attemptId,
  locale: "ja",
  validSeconds: 600,
});
const send = (delivery: Delivery) => provider().send(delivery, AbortSignal.timeout(5_000));
const check = (attemptId: string) =>
  provider().check?.({ attemptId, ref: null, channel: "SMS" }, AbortSignal.timeout(5_000)) ?? Promise.reject(new Error("no check"));
/** What Sekisho understood of the receipts that arrived. */
const receipts = (): Promise<CallbackResult | undefined>[] =>
  sekisho.arrived.map(async ({ method, path, headers, body }) =>
    provider().receipt?.({
      method,
      url: sekisho.url + path,
      query: new URLSearchParams(path.split("?")[1]),
      headers: new Headers(headers as Record<string, string>),
      body: body.toString(),
    }),
  );
const notify = (fields: Record<string, string>, key = "k3y") =>
  fetch(`${url}/notify/${key}`, { method: "POST", body: new URLSearchParams(fields) });
const numberOf = (index = 0) => new URLSearchParams(vendor.arrived[index]?.body.toString()).get("smsid") ?? "";

async function start() {
  bridge = startProgram(process.execPath, ["examples/bridge/bridge.mjs"], {
    env: {
      SEKISHO_SECRET: SECRET,
      NOTIFY_KEY: "k3y",
      MEDIA_SMS_USER: "me",
      MEDIA_SMS_PASSWORD: "hush",
      MEDIA_SMS_URL: `${vendor.url}/sms/api/`,
      MEDIA_SMS_STATUSES: "1=delivered,2=undelivered:not_reachable",
      JOURNAL: journal,
      PORT: "0",
      RETRY_FACTOR: "0.05",
    },
  });
  url = `http://127.0.0.1:${/\d+$/.exec(await bridge.line(/^listening on/))?.[0]}`;
}

beforeAll(async () => {
  vendor = await loopback();
  sekisho = await loopback();
});
beforeEach(async () => {
  for (const server of [vendor, sekisho]) {
    server.arrived.splice(0);
    server.answer(answers(server === vendor ? 200 : 204));
  }
  journal = join(place, `${randomUUID()}.jsonl`);
  await start();
});
afterEach(async () => {
  await bridge?.stop("SIGKILL");
  written.push(...(bridge?.lines ?? []), readFileSync(journal, "utf8"));
});
afterAll(async () => {
  await Promise.all([vendor.close(), sekisho.close()]);
  rmSync(place, { recursive: true });
});

describe("The bridge of examples/", () => {
  it("hands a text over as the vendor wants it, once, however often it is asked, and brings its receipt", async () => {
    const delivery = text();
    const outcomes = await Promise.all([send(delivery), send(delivery), send(delivery)]);
    expect(new Set(outcomes.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(outcomes[0]).toEqual({ status: "sent", ref: numberOf() });
    const [request, ...more] = vendor.arrived;
    expect(more).toEqual([]);
    expect(request?.headers.authorization).toBe(`Basic ${Buffer.from("me:hush").toString("base64")}`);
    expect(Object.fromEntries(new URLSearchParams(request?.body.toString()))).toMatchObject({ mobilenumber: "09012345678", smstext: TEXT });
    expect((await notify({ smsid: numberOf(), status: "1" })).status).toBe(200);
    await vi.waitFor(() => expect(sekisho.arrived.length).toBe(1), 5_000);
    const { attemptId } = delivery;
    expect(await receipts()[0]).toEqual({ receipts: [{ attemptId, ref: numberOf(), status: "delivered" }] });
    expect(await check(attemptId)).toEqual({ status: "delivered", ref: numberOf() });
    expect(await check(randomUUID())).toEqual({ status: "absent" });
  });

  it("retries a receipt until it is taken, and the latest of several is the last", async () => {
    let refusals = 3;
    sekisho.answer((arrived, response) => {
      refusals -= 1;
      answers(refusals >= 0 ? 503 : 204)(arrived, response);
    });
    const delivery = text();
    await send(delivery);
    await notify({ smsid: numberOf(), status: "2" });
    await notify({ smsid: numberOf(), status: "1" });
    await vi.waitFor(() => expect(sekisho.arrived.length).toBe(4), 5_000);
    expect(await receipts().at(-1)).toMatchObject({ receipts: [{ status: "delivered" }] });
  });

  it("owes its receipts after a restart, and sends no attempt again that was under way when it stopped", async () => {
    sekisho.answer(answers(503));
    const first = text();
    await send(first);
    await notify({ smsid: numberOf(), status: "2" });
    vendor.answer(() => undefined);
    const second = text();
    const unanswered = send(second);
    await vi.waitFor(() => expect(vendor.arrived.length).toBe(2), 5_000);
    await bridge?.stop("SIGKILL");
    expect((await unanswered).status).toBe("unknown");
    sekisho.arrived.splice(0);
    sekisho.answer(answers(204));
    vendor.answer(answers(200));
    await start();
    await vi.waitFor(() => expect(sekisho.arrived.length).toBe(1), 5_000);
    expect(await receipts()[0]).toMatchObject({
      receipts: [{ attemptId: first.attemptId, status: "undelivered", reason: "not_reachable" }],
    });
    expect([(await send(second)).status, (await check(second.attemptId)).status, vendor.arrived.length]).toEqual(["unknown", "unknown", 2]);
    expect((await send(text())).status).toBe("sent");
    expect(new Set([numberOf(0), numberOf(1), numberOf(2)]).size).toBe(3);
  });

  it.each([
    ["a vendor that is down", answers(500), { status: "failed", reason: "provider_down", permanent: false }],
    ["a vendor that throttles", answers(429), { status: "failed", reason: "throttled", permanent: false, backOff: 30 }],
    ["a vendor that refuses", answers(401), { status: "failed", reason: "rejected", permanent: false }],
    [
      "a lost connection",
      (_: unknown, response: { socket: { resetAndDestroy(): void } | null }) => response.socket?.resetAndDestroy(),
      { status: "unknown" },
    ],
  ] as [string, Parameters<Loopback["answer"]>[0], object][])("tells Sekisho of %s", async (_, answering, outcome) => {
    vendor.answer(answering);
    expect(await send(text())).toEqual(outcome);
  });

  it("refuses what the vendor does not carry before it is asked", async () => {
    expect(await send(text(randomUUID(), "+12025550100"))).toEqual({ status: "failed", reason: "country_blocked", permanent: false });
    expect(await send(text(randomUUID(), "+81312"))).toEqual({ status: "failed", reason: "invalid_number", permanent: true });
    expect(vendor.arrived).toEqual([]);
  });

  it("believes nobody without the signature, and no notification without its key or a meaning", async () => {
    const body = JSON.stringify({
      version: 1,
      attemptId: randomUUID(),
      channel: "sms",
      to: "+819012345678",
      text: TEXT,
      receiptUrl: sekisho.url,
    });
    const headers = {
      "content-type": "application/json",
      "sekisho-timestamp": String(Math.floor(Date.now() / 1000)),
      "sekisho-signature": "v1=0",
    };
    expect((await fetch(url, { method: "POST", body, headers })).status).toBe(401);
    expect(vendor.arrived).toEqual([]);
    await send(text());
    expect((await notify({ smsid: numberOf(), status: "1" }, "guess")).status).toBe(404);
    await notify({ smsid: numberOf(), status: "unheard of" });
    await notify({ smsid: "99", status: "1" });
    await bridge?.line(/without a text or a meaning/);
    expect(sekisho.arrived).toEqual([]);
  });

  it("wrote no code, number or password into its log and journal in all of this", () => {
    expect(written.join("\n").length).toBeGreaterThan(500);
    expect(written.filter((line) => SENSITIVE.test(line))).toEqual([]);
  });
});
