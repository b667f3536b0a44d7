import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Callback, Delivery, ProviderAccount } from "#lib/delivery/provider";
import { infobip } from "#lib/delivery/providers/infobip/infobip";
import { listen } from "#lib/delivery/providers/said";
import { badDays } from "#lib/testing/bad-days";
import { answers, type Loopback, loopback } from "#lib/testing/loopback";

const KEY = "hush-0123456789abcdef-hush";
const attemptId = "0f6f0b3e-7a5e-4f3a-9a53-3d3a6d9a5b10";
const RECEIPT_URL = "https://auth.example.jp/api/receipts/ntt?key=k3y&attempt=1";
const delivery: Delivery = {
  channel: "SMS",
  to: "+819012345678",
  text: "【例】コード 012345\n@auth.example.jp #012345",
  code: "012345",
  attemptId,
  locale: "ja",
  validSeconds: 600,
};
const pending = { groupId: 1, groupName: "PENDING", id: 26, name: "PENDING_ACCEPTED", description: "…" };
const accepted = { bulkId: "b", messages: [{ messageId: attemptId, status: pending, destination: "819012345678" }] };
const logged = (status: object, error?: object, messageId = attemptId) => ({ results: [{ messageId, status, error }] });
const failed = (reason: string, backOff?: "now" | number) => ({
  status: "failed",
  reason,
  permanent: false,
  ...(backOff === undefined ? {} : { backOff }),
});
const account = (baseUrl: string, sender: string | null = "0005-1234"): ProviderAccount => ({
  id: "p1",
  name: "ntt",
  kind: "infobip",
  baseUrl,
  sender,
  settings: {},
  secrets: { apiKey: KEY },
});
const surroundings = {
  receiptUrl: () => RECEIPT_URL,
  voiceUrl: () => "",
  report: () => Promise.resolve("unmatched" as const),
  lost: () => undefined,
};

let server: Loopback;
const provider = (sender?: string | null) => infobip.create(account(server.url, sender), surroundings);
const send = (sender?: string | null, within = 5_000) => provider(sender).send(delivery, AbortSignal.timeout(within));
const check = (within = 5_000) =>
  provider().check?.({ attemptId, ref: null, channel: "SMS" }, AbortSignal.timeout(within)) ?? Promise.reject(new Error("no check"));

beforeAll(async () => {
  server = await loopback();
});
afterAll(() => server.close());
beforeEach(() => void server.arrived.splice(0));

describe("Handing a text to NTT CPaaS (Infobip)", () => {
  it("sends the text as it is, with our name of it, its end and where to report", async () => {
    server.answer(answers(200, accepted));
    expect(await send()).toEqual({ status: "sent", ref: attemptId });
    const [arrived] = server.arrived;
    expect([arrived?.method, arrived?.path, arrived?.headers.authorization]).toEqual(["POST", "/sms/3/messages", `App ${KEY}`]);
    expect(JSON.parse(arrived?.body.toString() ?? "")).toEqual({
      messages: [
        {
          sender: "00051234",
          destinations: [{ to: "819012345678", messageId: attemptId }],
          content: { text: delivery.text },
          options: { validityPeriod: { amount: 600, timeUnit: "SECONDS" } },
          webhooks: { delivery: { url: RECEIPT_URL }, contentType: "application/json" },
        },
      ],
    });
    await send("My Shop");
    await send(null);
    expect(server.arrived.slice(1).map((one) => JSON.parse(one.body.toString()).messages[0].sender)).toEqual(["My Shop", undefined]);
  });

  it("takes no state of another text, and none that it cannot read", async () => {
    for (const body of [{ ...accepted, messages: [] }, { messages: [{ messageId: "another", status: pending }] }, { messages: [1] }, {}]) {
      server.answer(answers(200, body));
      expect(await send(), JSON.stringify(body)).toEqual({ status: "unknown" });
    }
  });

  it.each([
    [400, failed("rejected")],
    [401, failed("rejected", "now")],
    [403, failed("rejected", "now")],
    [429, failed("throttled", 30)],
    [500, failed("provider_down")],
    [503, failed("provider_down")],
    [302, failed("provider_down")],
  ])("understands a %i", async (status, outcome) => {
    server.answer(answers(status, { errorCode: "E400", description: "…", action: "…", violations: [], resources: [] }));
    expect(await send()).toEqual(outcome);
  });

  it.each(badDays)("$name may have taken it: unknown, by the signal at the latest, and asked once", async ({ answering }) => {
    server.answer(answering);
    const began = performance.now();
    expect(await send("Shop", 400)).toEqual({ status: "unknown" });
    expect(performance.now() - began).toBeLessThan(3000);
    expect(server.arrived.length).toBe(1);
    expect(await check(400)).toEqual({ status: "unknown" });
  });

  it("keeps its key to itself, and names the fields that the provider complains about to an operator's trial", async () => {
    const violations = [{ property: "messages[0].sender", violation: KEY }];
    server.answer(answers(400, { errorCode: "E400", description: KEY, violations }));
    const { value, said } = await listen([KEY], () => send());
    expect(said).toEqual({ by: "http", status: 400, code: "E400", fields: ["messages[0].sender"] });
    expect(inspect([value, said, provider()], { depth: 9 })).not.toContain(KEY);
  });
});

describe("What became of a text", () => {
  it("is asked by our own name of it, so a lost answer loses nothing", async () => {
    const handset = { groupId: 3, groupName: "DELIVERED", id: 5, name: "DELIVERED_TO_HANDSET", description: "…" };
    server.answer(answers(200, logged(handset)));
    expect(await check()).toEqual({ status: "delivered", ref: attemptId });
    expect(server.arrived.map((one) => [one.method, one.path])).toEqual([["GET", `/sms/3/logs?messageId=${attemptId}&limit=1`]]);
  });

  it("stays unknown where the log does not have it (yet), has another text, or refuses", async () => {
    for (const [status, body] of [
      [200, { results: [] }],
      [200, logged(pending, undefined, "another")],
      [404, {}],
      [401, {}],
      [500, {}],
    ] as const) {
      server.answer(answers(status, body));
      expect(await check()).toEqual({ status: "unknown" });
    }
  });

  it("is only hinted at by a delivery report, since nobody signs it", () => {
    const callback = (body: string, method = "POST"): Callback => ({
      method,
      url: RECEIPT_URL,
      query: new URLSearchParams(),
      headers: new Headers(),
      body,
    });
    const report = (one: Callback) => provider().receipt?.(one);
    expect(infobip.receipts).toBe("hint");
    expect(report(callback(JSON.stringify({ results: [{ messageId: attemptId, status: pending }, { status: pending }] })))).toEqual({
      hints: [{ attemptId }],
    });
    for (const body of ["", "[]", "{}", '{"results":{}}', '{"results":[null]}', "<results/>"])
      expect(report(callback(body))).toBe("malformed");
    expect(report(callback('{"results":[]}', "GET"))).toBe("malformed");
  });
});

describe("A sender", () => {
  it.each([
    ["00051234", true],
    ["+81 3 1234 5678", true],
    ["My Shop", true],
    ["AB", false],
    ["TwelveChars1", false],
    ["関所", false],
    ["12", false],
  ])("%s: %s", (sender, accepts) => expect(infobip.acceptsSender?.(sender)).toBe(accepts));
});
