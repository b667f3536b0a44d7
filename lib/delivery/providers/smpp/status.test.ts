import { describe, expect, it } from "vitest";
import { outcomeOf } from "#lib/delivery/providers/smpp/status";
import type { Submitted } from "#lib/delivery/providers/smpp/window";

const answered = (status: number, messageId = ""): Submitted => ({ is: "answered", status, messageId });

describe("What a gateway says about a text", () => {
  it.each([
    [0x0b, { status: "failed", reason: "invalid_number", permanent: true }],
    [0x58, { status: "failed", reason: "throttled", permanent: false, backOff: 1 }],
    [0x14, { status: "failed", reason: "throttled", permanent: false, backOff: 1 }],
    [0x04, { status: "failed", reason: "provider_down", permanent: false }],
    [0x08, { status: "failed", reason: "provider_down", permanent: false }],
    [0x64, { status: "failed", reason: "provider_down", permanent: false }],
    [0x0a, { status: "failed", reason: "rejected", permanent: false }],
    [0x45, { status: "failed", reason: "rejected", permanent: false }],
    [0x400, { status: "failed", reason: "rejected", permanent: false }],
  ])("status %i is %j", (status, outcome) => expect(outcomeOf([answered(status)])).toEqual(outcome));

  it("names it, or does not", () => {
    expect(outcomeOf([answered(0, "m-1")])).toEqual({ status: "sent", ref: "m-1" });
    expect(outcomeOf([answered(0)])).toEqual({ status: "sent", ref: null });
  });

  it("is nothing where it was written and not answered, and where it never was, why not", () => {
    expect(outcomeOf([{ is: "unknown" }])).toEqual({ status: "unknown" });
    expect(outcomeOf([{ is: "unsent", why: "down" }])).toEqual({ status: "failed", reason: "provider_down", permanent: false });
    expect(outcomeOf([{ is: "unsent", why: "full" }])).toMatchObject({ reason: "throttled", backOff: 1 });
    expect(outcomeOf([{ is: "unsent", why: "refused" }])).toMatchObject({ reason: "rejected", backOff: "now" });
  });

  it("is, of several parts, sent when all were taken, and as bad as the worst", () => {
    expect(outcomeOf([answered(0, "a"), answered(0, "b")])).toEqual({ status: "sent", ref: "a" });
    expect(outcomeOf([answered(0, "a"), { is: "unknown" }])).toEqual({ status: "unknown" });
    expect(outcomeOf([answered(0, "a"), { is: "unknown" }, answered(0x58)])).toMatchObject({ reason: "throttled" });
  });
});
