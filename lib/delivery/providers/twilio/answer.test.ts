import { describe, expect, it } from "vitest";
import { handOverIn } from "#lib/delivery/providers/twilio/answer";

const sid = `SM${"0".repeat(32)}`;
const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  handOverIn({ ok: true, status, headers: new Headers(headers), text: typeof body === "string" ? body : JSON.stringify(body) }, "SMS");
const failed = (reason: string, permanent = false, backOff?: "now" | number) => ({
  status: "failed",
  reason,
  permanent,
  ...(backOff === undefined ? {} : { backOff }),
});

describe("An answer to a hand-over says what became of it, and how the provider is", () => {
  it.each([
    [201, { sid, status: "queued", error_code: null }, { status: "sent", ref: sid }],
    [201, { sid, status: "accepted" }, { status: "sent", ref: sid }],
    [200, { sid, status: "delivered" }, { status: "delivered", ref: sid }],
    [201, { sid, status: "failed", error_code: 30007 }, { ...failed("rejected"), ref: sid }],
    [201, { sid, status: "a word of next year" }, { status: "sent", ref: sid }],
  ])("%i %j", (status, body, outcome) => expect(answer(status, body)).toEqual(outcome));

  it.each([
    [201, ""],
    [201, "<html>"],
    [201, "[]"],
    [201, "null"],
    [201, { status: "queued" }],
    [201, { sid: `CA${"0".repeat(32)}`, status: "queued" }],
    [201, { sid: `${sid}/..`, status: "queued" }],
    [201, { sid, status: 1 }],
    [200, { code: 20003, message: "Authenticate", status: 401 }],
    [204, ""],
    [504, { code: 20504 }],
  ])("%i %j may have been taken", (status, body) => expect(answer(status, body)).toEqual({ status: "unknown" }));

  it.each([
    [400, 21211, failed("invalid_number", true)],
    [400, 21217, failed("invalid_number", true)],
    [400, 21614, failed("landline", true)],
    [400, 21635, failed("landline", true)],
    [400, 21610, failed("opted_out", true)],
    [400, 21408, failed("country_blocked")],
    [403, 21408, failed("country_blocked")],
    [400, 21215, failed("country_blocked")],
    [400, 10004, failed("throttled", false, 30)],
    [400, 21606, failed("rejected")],
    [400, 99999, failed("rejected")],
    [400, 20003, failed("rejected", false, "now")],
    [401, 20003, failed("rejected", false, "now")],
    [401, undefined, failed("rejected", false, "now")],
    [403, 20005, failed("rejected", false, "now")],
    [403, undefined, failed("rejected", false, "now")],
    [404, 20404, failed("rejected", false, "now")],
    [405, 20004, failed("rejected")],
    [500, 20500, failed("provider_down")],
    [502, undefined, failed("provider_down")],
    [503, undefined, failed("provider_down")],
    [301, undefined, failed("provider_down")],
    [307, undefined, failed("provider_down")],
  ])("%i with code %s", (status, code, outcome) => {
    expect(answer(status, { code, message: "…", status })).toEqual(outcome);
  });

  it.each([
    ["17", 17],
    [undefined, 30],
  ])("429 with Retry-After %s brakes for %i seconds", (value, seconds) => {
    const headers: Record<string, string> = value ? { "retry-after": value } : {};
    expect(answer(429, { code: 20429 }, headers)).toEqual(failed("throttled", false, seconds));
    expect(answer(429, "<html>", headers)).toEqual(failed("throttled", false, seconds));
  });

  it("tells a request that never left from one that may have been taken", () => {
    expect(handOverIn({ ok: false, taken: "no" }, "SMS")).toEqual(failed("provider_down"));
    expect(handOverIn({ ok: false, taken: "unknown" }, "SMS")).toEqual({ status: "unknown" });
  });
});
