import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Delivery, Surroundings } from "#lib/delivery/provider";
import { twilio } from "#lib/delivery/providers/twilio/twilio";
import { badDays } from "#lib/testing/bad-days";
import { answers, type Loopback, loopback } from "#lib/testing/loopback";
import { ACCOUNT_SID, AUTH_TOKEN, accountAt, CALL_SID, MESSAGE_SID, surroundings } from "../../../../scripts/test/twilio.ts";

const common = { to: "+819012345678", text: "コードは、なな", code: "731946", attemptId: "a", locale: "ja" as const, validSeconds: 600 };
const text: Delivery = { ...common, channel: "SMS" };
const call: Delivery = { ...common, channel: "VOICE", greeting: "こんにちは" };
const KEY = "hush-hush-api-key";
const failed = (reason: string, permanent = false, backOff?: "now" | number) => ({
  status: "failed",
  reason,
  permanent,
  ...(backOff === undefined ? {} : { backOff }),
});
const refused = (status: number, code: number) => answers(status, { code, message: "…", more_info: "…", status });

describe("On a bad day the adapter says in time what happened, and no more than it knows (H08)", () => {
  let server: Loopback;
  beforeAll(async () => {
    server = await loopback();
  });
  afterAll(() => server.close());
  beforeEach(() => void server.arrived.splice(0));

  const account = () =>
    accountAt(server.url, { apiKeySid: ACCOUNT_SID.replace("AC", "SK") }, { secrets: { authToken: AUTH_TOKEN, apiKeySecret: KEY } });
  const send = (delivery: Delivery = text, lent: Surroundings = surroundings) =>
    twilio.create(account(), lent).send(delivery, AbortSignal.timeout(400));

  const lookUp = () =>
    twilio.create(account(), surroundings).lookup?.(common.to, "sim", AbortSignal.timeout(400), { channel: "SMS", verifiedAt: null });

  it.each(badDays)("$name may have taken it: unknown, by the signal at the latest, and asked once", async ({ answering }) => {
    server.answer(answering);
    for (const delivery of [text, call]) {
      const began = performance.now();
      expect(await send(delivery)).toEqual({ status: "unknown" });
      expect(performance.now() - began).toBeLessThan(3000);
    }
    expect(server.arrived.length).toBe(2);
    const check = twilio.create(account(), surroundings).check;
    expect(await check?.({ attemptId: "a", ref: MESSAGE_SID, channel: "SMS" }, AbortSignal.timeout(400))).toEqual({ status: "unknown" });
    expect(await lookUp()).toEqual({ lineType: "unknown" });
  });

  it.each([
    [400, 21211, failed("invalid_number", true)],
    [400, 21614, failed("landline", true)],
    [400, 21610, failed("opted_out", true)],
    [400, 21408, failed("country_blocked")],
    [400, 21606, failed("rejected")],
    [401, 20003, failed("rejected", false, "now")],
    [429, 20429, failed("throttled", false, 30)],
    [500, 20500, failed("provider_down")],
    [503, 20503, failed("provider_down")],
  ])("%i with code %i", async (status, code, outcome) => {
    server.answer(refused(status, code));
    expect(await send(text)).toEqual(outcome);
    expect(await send(call)).toEqual(outcome);
    expect(server.arrived.length).toBe(2);
  });

  it("waits as long as Retry-After says", async () => {
    server.answer(answers(429, { code: 20429 }, { "retry-after": "120" }));
    expect(await send()).toEqual(failed("throttled", false, 120));
  });

  it("reports that no server listens where none does", async () => {
    const gone = await loopback();
    await gone.close();
    const provider = twilio.create({ ...account(), baseUrl: gone.url }, surroundings);
    expect(await provider.send(text, AbortSignal.timeout(2000))).toEqual(failed("provider_down"));
  });

  it.each([301, 302, 303, 307, 308])("does not follow a %i, which would carry the credentials elsewhere (H07)", async (status) => {
    const elsewhere = await loopback(answers(201, { sid: MESSAGE_SID, status: "queued" }));
    server.answer(answers(status, "", { location: `${elsewhere.url}/` }));
    expect(await send(text)).toEqual(failed("provider_down"));
    expect(await send(call)).toEqual(failed("provider_down"));
    expect(await lookUp()).toEqual({ lineType: "unknown" });
    expect(elsewhere.arrived).toEqual([]);
    await elsewhere.close();
  });

  it("keeps its secrets to itself, whatever is answered, even an answer that repeats them", async () => {
    const bad = [
      ...badDays.map((day) => day.answering),
      refused(401, 20003),
      refused(500, 20500),
      answers(400, { code: 20001, message: `${AUTH_TOKEN} ${KEY}` }),
    ];
    const said: unknown[] = [];
    for (const answering of bad) {
      server.answer(answering);
      said.push(await send(text).catch((error: Error) => `${error.stack}`));
    }
    server.answer(answers(201, { sid: MESSAGE_SID, status: AUTH_TOKEN }));
    said.push(await send(text));
    expect(JSON.stringify(said)).not.toMatch(new RegExp(`${AUTH_TOKEN}|${KEY}|${Buffer.from(KEY).toString("base64").slice(4, 12)}`));
  });

  it("places no useless call: without a number to call from, or an address to ask for the code", async () => {
    server.answer(answers(201, { sid: CALL_SID, status: "queued" }));
    const local = { ...surroundings, voiceUrl: () => "http://localhost:3000/voice", receiptUrl: () => "http://localhost:3000/receipts" };
    const mute = twilio.create({ ...account(), sender: null }, surroundings);
    expect(await mute.send(call, AbortSignal.timeout(400))).toEqual(failed("rejected"));
    expect(await mute.send(text, AbortSignal.timeout(400))).toEqual(failed("rejected"));
    expect(await send(call, local)).toEqual(failed("rejected"));
    expect(server.arrived).toEqual([]);
  });

  it("texts without a receipt where Twilio could not bring one: an address it cannot reach makes it refuse the text", async () => {
    server.answer(answers(201, { sid: MESSAGE_SID, status: "queued" }));
    for (const at of ["http://localhost:3000/r", "http://127.0.0.1:3000/r", "http://[::1]:3000/r"]) {
      expect(await send(text, { ...surroundings, receiptUrl: () => at })).toEqual({ status: "sent", ref: MESSAGE_SID });
      expect([...new URLSearchParams(server.arrived.at(-1)?.body.toString()).keys()]).not.toContain("StatusCallback");
    }
  });
});
