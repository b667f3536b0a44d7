import { describe, expect, it } from "vitest";
import { twilioFacts } from "#lib/delivery/providers/twilio/lookup";

const now = new Date("2026-11-24T00:00:00Z");
const facts = (body: unknown) => twilioFacts(JSON.stringify(body), now);
const line = (type: unknown) => facts({ line_type_intelligence: { type, error_code: null } }).lineType;
const swap = (sim_swap: unknown) => facts({ sim_swap });

describe("What a look-up does not say is unknown, never harmless", () => {
  it.each([
    ["mobile", "mobile"],
    ["landline", "landline"],
    ["fixedVoip", "voip"],
    ["nonFixedVoip", "voip"],
    ["tollFree", "toll_free"],
    ["premium", "premium"],
    ["pager", "pager"],
    ["personal", "other"],
    ["sharedCost", "other"],
    ["uan", "other"],
    ["voicemail", "other"],
    ["unknown", "unknown"],
    ["a type of next year", "unknown"],
    ["toString", "unknown"],
    [null, "unknown"],
    [7, "unknown"],
  ])("a line of type %s is %s", (type, expected) => expect(line(type)).toBe(expected));

  it("knows when the SIM changed, that it did not, or nothing", () => {
    const at = "2026-11-20T10:18:50Z";
    expect(swap({ last_sim_swap: { last_sim_swap_date: at, swapped_in_period: true }, error_code: null })).toEqual({
      lineType: "unknown",
      simSwappedAt: new Date(at),
    });
    const within = (swapped: unknown, error: unknown = null) =>
      swap({ last_sim_swap: { last_sim_swap_date: null, swapped_in_period: swapped }, error_code: error });
    expect(within(false)).toEqual({ lineType: "unknown", simSwappedAt: null });
    // A change without a date counts as a change of now.
    expect(within(true)).toEqual({ lineType: "unknown", simSwappedAt: now });
    expect(within(null)).toEqual({ lineType: "unknown" });
    expect(within(false, 60606)).toEqual({ lineType: "unknown" });
    expect(swap({ last_sim_swap: { last_sim_swap_date: "soon" } })).toEqual({ lineType: "unknown" });
    expect(swap(null)).toEqual({ lineType: "unknown" });
  });

  it.each(["", "<html>", "[]", "null", '{"sim_swap":7,"line_type_intelligence":[]}'])("%s is nothing", (body) => {
    expect(twilioFacts(body, now)).toEqual({ lineType: "unknown" });
  });
});
