import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  answerTo,
  questionBody,
  requestBody,
  webhookAcceptance,
  webhookReceipts,
  webhookRefusal,
} from "#lib/delivery/providers/webhook/contract";
import { providerErrors } from "#lib/errors";

const attemptId = "0f6f0b3e-7a5e-4f3a-9a53-3d3a6d9a5b10";
const common = { to: "+819012345678", text: "t", code: "012345", attemptId, locale: "ja", validSeconds: 600 } as const;
const unknown = { status: "unknown" };

describe("What a gateway is told", () => {
  it("is the documented object, and the greeting of a call apart from its code", () => {
    expect(JSON.parse(requestBody({ channel: "SMS", ...common }, "00051234", "https://a.example/r"))).toEqual({
      version: 1,
      attemptId,
      channel: "sms",
      to: "+819012345678",
      text: "t",
      locale: "ja",
      from: "00051234",
      validSeconds: 600,
      receiptUrl: "https://a.example/r",
    });
    const call = JSON.parse(requestBody({ channel: "VOICE", greeting: "g", ...common }, null, ""));
    expect(call).toMatchObject({ channel: "voice", greeting: "g", text: "t", from: null });
    expect(JSON.parse(questionBody(attemptId))).toEqual({ version: 1, attemptId });
  });
});

describe("A gateway's 2xx", () => {
  it.each([
    ["", { status: "sent", ref: null }],
    ["{}", { status: "sent", ref: null }],
    ['{"id":"m-1"}', { status: "sent", ref: "m-1" }],
    ['{"id":null,"status":"sent"}', { status: "sent", ref: null }],
    ['{"id":"m-1","status":"delivered","cost":3}', { status: "delivered", ref: "m-1" }],
    ['{"status":"sent","reason":"landline"}', { status: "sent", ref: null }],
    ['{"status":"failed"}', { status: "failed", reason: "unknown", permanent: false, ref: null }],
    [
      '{"id":"m-1","status":"undelivered","reason":"opted_out","permanent":true}',
      { status: "undelivered", reason: "opted_out", permanent: true, ref: "m-1" },
    ],
  ])("%s", (body, outcome) => expect(webhookAcceptance(body)).toEqual(outcome));

  it.each([
    '{"error":"no credit"}',
    '{"id":"m-1","error":"no credit"}',
    '{"message":"Internal error"}',
    '{"success":false}',
    '{"id":1}',
    '{"id":""}',
    '{"id":"a b"}',
    '{"id":"a\\u0000"}',
    `{"id":"${"x".repeat(129)}"}`,
    '{"status":"queued"}',
    '{"status":"__proto__"}',
    '{"id":"m","status":"failed","reason":"no credit"}',
    '{"id":"m","permanent":"yes"}',
    '{"__proto__":{"id":"m","status":"delivered"}}',
    "<html>",
    " ".repeat(65_536),
    "[]",
    "null",
    "OK",
  ])("%s is not understood", (body) => expect(webhookAcceptance(body)).toEqual(unknown));
});

describe("A gateway's 4xx", () => {
  const rejected = { status: "failed", reason: "rejected", permanent: false };
  it.each(providerErrors)("with our reason %s", (reason) => {
    expect(webhookRefusal(JSON.stringify({ reason }))).toEqual({ status: "failed", reason, permanent: false });
    expect(webhookRefusal(JSON.stringify({ reason, permanent: true }))).toEqual({ status: "failed", reason, permanent: true });
  });

  it.each([
    "",
    "<html>",
    "{}",
    '{"reason":"boom"}',
    '{"reason":"sending_stopped"}',
    '{"reason":"constructor"}',
    '{"reason":"landline","permanent":1}',
    '["landline"]',
  ])("%j is a plain rejection", (body) => expect(webhookRefusal(body)).toEqual(rejected));

  it("has no reason that only its prototype gives", () => {
    expect(webhookRefusal('{"__proto__":{"reason":"landline","permanent":true}}')).toEqual(rejected);
  });
});

describe("A gateway's answer about an attempt", () => {
  it.each([
    ['{"status":"absent"}', { status: "absent" }],
    ['{"status":"sent","id":"m"}', { status: "sent", ref: "m" }],
    ['{"status":"undelivered","reason":"not_reachable"}', { status: "undelivered", reason: "not_reachable", permanent: false, ref: null }],
    ["", unknown],
    ["{}", unknown],
    ['{"id":"m"}', unknown],
    ['{"status":"gone"}', unknown],
    ['{"__proto__":{"status":"absent"}}', unknown],
  ])("%s", (body, outcome) => expect(answerTo(body)).toEqual(outcome));
});

describe("A receipt whose signature is good", () => {
  it.each([
    [{ status: "delivered" }, {}],
    [{ status: "sent", reason: "landline" }, {}],
    [{ status: "failed" }, { reason: "unknown" }],
    [{ status: "undelivered", reason: "no_sms_service" }, { reason: "no_sms_service" }],
  ])("%j", (said, reason) => {
    expect(webhookReceipts(JSON.stringify({ attemptId, ...said }))).toEqual({ receipts: [{ attemptId, status: said.status, ...reason }] });
  });

  it.each([
    "",
    "[]",
    "{}",
    JSON.stringify({ attemptId, status: "verified" }),
    JSON.stringify({ attemptId }),
    JSON.stringify({ attemptId: "1", status: "sent" }),
    JSON.stringify({ attemptId, status: "failed", reason: "boom" }),
    `{"__proto__":${JSON.stringify({ attemptId, status: "delivered" })}}`,
    JSON.stringify([{ attemptId, status: "sent" }]),
  ])("%s is malformed", (body) => expect(webhookReceipts(body)).toBe("malformed"));
});

describe("Any text at all", () => {
  it("never breaks a reader: the outcome is one of ours", () => {
    const bodies = fc.oneof(fc.string({ unit: "binary" }), fc.json());
    fc.assert(
      fc.property(bodies, (body) => {
        expect(["sent", "delivered", "undelivered", "failed", "unknown"]).toContain(webhookAcceptance(body).status);
        expect(webhookRefusal(body).status).toBe("failed");
        expect(["sent", "delivered", "undelivered", "failed", "unknown", "absent"]).toContain(answerTo(body).status);
        expect(webhookReceipts(body)).toBe("malformed");
      }),
    );
  });
});
