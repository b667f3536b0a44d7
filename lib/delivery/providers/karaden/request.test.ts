import { describe, expect, it } from "vitest";
import { messageForm, nationalNumber, tagQuery } from "#lib/delivery/providers/karaden/request";

describe("A number as KARADEN takes it", () => {
  it.each([
    ["+819012345678", "09012345678"],
    ["+818012345678", "08012345678"],
    ["+817012345678", "07012345678"],
    ["+816012345678", "06012345678"],
  ])("%s is %s", (e164, national) => expect(nationalNumber(e164)).toEqual({ ok: true, value: national }));

  it.each([
    ["+12025550123", "country_blocked"],
    ["+8201012345678", "country_blocked"],
    ["09012345678", "country_blocked"],
    ["+81312345678", "invalid_number"],
    ["+8190123456789", "invalid_number"],
    ["+8109012345678", "invalid_number"],
    ["+8100000000000", "invalid_number"],
    ["+81９012345678", "invalid_number"],
    ["+81901234567\n", "invalid_number"],
    ["+81", "invalid_number"],
  ])("%j is refused: %s", (e164, error) => expect(nationalNumber(e164)).toEqual({ ok: false, error }));
});

describe("The form of a text", () => {
  it("carries our attempt as a tag, is never shortened, and expires with its code", () => {
    const delivery = { channel: "SMS", to: "", text: "a&b=c\n#1", code: "1", attemptId: "a1", locale: "ja", validSeconds: 600 } as const;
    const form = messageForm("09012345678", delivery, 7, new Date("2026-11-23T23:59:59.999Z"));
    expect(Object.fromEntries(form)).toEqual({
      service_id: "7",
      to: "09012345678",
      body: "a&b=c\n#1",
      "tags[0]": "a1",
      is_shorten: "false",
      limited_at: "2026-11-24T00:09:59Z",
    });
  });

  it("asks by tag and service", () => expect(tagQuery(7, "a&1")).toBe("service_id=7&tag=a%261"));
});
