import { describe, expect, it } from "vitest";
import { dateOf, forwardingIn, recyclingIn, simSwapIn } from "#lib/delivery/providers/camara/facts";

const swap = (value: unknown, hours = 72) => simSwapIn(JSON.stringify(value), hours);

describe("What SIM Swap says", () => {
  it("is a date with its time zone, or none as far as the network looked", () => {
    expect(swap({ latestSimChange: "2026-11-27T14:27:08.312+09:00" })).toEqual({ simSwappedAt: new Date("2026-11-27T05:27:08.312Z") });
    expect(swap({ latestSimChange: null })).toEqual({ simSwappedAt: null });
    expect(swap({ latestSimChange: null, monitoredPeriod: 120 })).toEqual({ simSwappedAt: null });
  });

  it("is no answer when the network did not look as far back as the setting asks", () => {
    expect([2, 3].map((monitoredPeriod) => swap({ latestSimChange: null, monitoredPeriod }))).toEqual([null, { simSwappedAt: null }]);
    expect(swap({ latestSimChange: null, monitoredPeriod: 3 }, 73)).toBeNull();
  });

  it.each([
    {},
    { latestSimChange: "yesterday" },
    { latestSimChange: "2026-11-27T14:27:08" },
    { swapped: true },
    [],
    { latestSimChange: 0 },
  ])("is no answer where it is not what the document says: %j", (value) => expect(swap(value)).toBeNull());
});

it("Number Recycling and Call Forwarding answer with a boolean, and with nothing else", () => {
  for (const value of [true, false]) {
    expect(recyclingIn(JSON.stringify({ phoneNumberRecycled: value }))).toEqual({ recycled: value });
    expect(forwardingIn(JSON.stringify({ active: value }))).toEqual({ forwarded: value });
  }
  for (const body of ["", "[]", "{}", '{"phoneNumberRecycled":"true","active":"true"}', '{"active":null}'])
    expect([recyclingIn(body), forwardingIn(body)]).toEqual([null, null]);
});

it("The date of a proof is never before the day on which the person had the number", () => {
  expect(dateOf(new Date("2026-11-27T14:59:59Z"))).toBe("2026-11-27");
  expect(dateOf(new Date("2026-11-27T15:00:00Z"))).toBe("2026-11-28");
});
