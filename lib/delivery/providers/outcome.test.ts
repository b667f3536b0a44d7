import { describe, expect, it } from "vitest";
import type { HandOver } from "#lib/delivery/provider";
import type { HttpAnswer } from "#lib/delivery/providers/http";
import { handOverOf } from "#lib/delivery/providers/outcome";

const reading = {
  accepted: (body: string): HandOver => ({ status: "sent", ref: body }),
  refused: (body: string): HandOver => ({ status: "failed", reason: "landline", permanent: true, ref: body }),
};
const answer = (status: number, headers: Record<string, string> = {}): HttpAnswer => ({
  ok: true,
  status,
  headers: new Headers(headers),
  text: "the body",
});
const failed = { status: "failed", permanent: false };

describe("An HTTP answer to a hand-over", () => {
  it.each([200, 201, 202, 204])("%i is read as accepted", (status) => {
    expect(handOverOf(answer(status), reading)).toEqual({ status: "sent", ref: "the body" });
  });

  it.each([400, 402, 404, 409, 410, 413, 415, 422, 451])("%i is read as a refusal of this text", (status) => {
    expect(handOverOf(answer(status), reading)).toEqual({ status: "failed", reason: "landline", permanent: true, ref: "the body" });
  });

  it.each([401, 403])("%i says that we are refused, so the provider is taken out at once", (status) => {
    expect(handOverOf(answer(status), reading)).toEqual({ ...failed, reason: "rejected", backOff: "now" });
  });

  it.each([
    ["17", 17],
    ["0", 1],
    ["999999", 3600],
    ["soon", 30],
    [undefined, 30],
  ])("429 with Retry-After %s brakes for %i seconds", (value, seconds) => {
    const given = answer(429, value === undefined ? {} : { "retry-after": value });
    expect(handOverOf(given, reading)).toEqual({ ...failed, reason: "throttled", backOff: seconds });
  });

  it.each([301, 302, 303, 307, 308, 500, 501, 502, 503, 599])("%i is a provider that is down", (status) => {
    expect(handOverOf(answer(status), reading)).toEqual({ ...failed, reason: "provider_down" });
  });

  it("tells a request that never left from one that may have been taken", () => {
    expect(handOverOf({ ok: false, taken: "no" }, reading)).toEqual({ ...failed, reason: "provider_down" });
    expect(handOverOf({ ok: false, taken: "unknown" }, reading)).toEqual({ status: "unknown" });
    expect(handOverOf(answer(504), reading)).toEqual({ status: "unknown" });
  });
});
