import { describe, expect, it } from "vitest";
import { isBroken, isPermanent, twilioReason } from "#lib/delivery/providers/twilio/errors";
import { deliveryErrors } from "#lib/errors";

describe("A code of Twilio's is one of our reasons, coarsely, or none at all", () => {
  it.each([
    [21211, "invalid_number"],
    [21217, "invalid_number"],
    [30005, "invalid_number"],
    [21614, "landline"],
    [21635, "landline"],
    [30006, "landline"],
    [30003, "not_reachable"],
    [30004, "refused_by_subscriber"],
    [21610, "opted_out"],
    [21408, "country_blocked"],
    [21215, "country_blocked"],
    [20429, "throttled"],
    [10004, "throttled"],
    [30007, "rejected"],
    [30450, "rejected"],
    [20003, "rejected"],
    [30410, "provider_down"],
    [30008, "unknown"],
  ] as const)("%i is %s, as a number and as the text a form has", (code, reason) => {
    expect(twilioReason(code)).toBe(reason);
    expect(twilioReason(String(code))).toBe(reason);
  });

  it.each([undefined, null, "", 0, "abc", {}, [], Number.NaN, 99_999, "21211x"])("%s is none", (code) => {
    expect(twilioReason(code)).toBeUndefined();
    expect(isBroken(code)).toBe(false);
  });

  it("takes the account out for wrong credentials, suspension and a switched-off service alone", () => {
    const broken = Array.from({ length: 100_000 }, (_, code) => code).filter(isBroken);
    expect(broken).toEqual([10001, 10005, 20003, 20005, 90010]);
  });

  it("stops other providers only where the number or its owner is the reason", () => {
    expect(deliveryErrors.filter(isPermanent)).toEqual(["invalid_number", "landline", "opted_out"]);
  });
});
