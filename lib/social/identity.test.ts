import { describe, expect, it } from "vitest";
import { CLOCK_SKEW, identityOf, isFresh } from "#lib/social/identity";

describe("An identity at another provider", () => {
  it("has an address that Google says it verified, and that LINE names at all", () => {
    const proven = (provider: "line" | "google", claims: object) => identityOf(provider, { sub: "x", ...claims })?.addressProven;
    const email = "a@example.jp";
    expect([proven("google", { email, email_verified: true }), proven("line", { email })]).toEqual([true, true]);
    for (const said of [undefined, false, "true", 1]) expect(proven("google", { email, email_verified: said })).toBe(false);
    for (const claims of [{}, { email: "" }, { email: 1 }, { email, email_verified: false }]) expect(proven("line", claims)).toBe(false);
  });

  it("is none without a subject that can be kept", () => {
    for (const sub of [undefined, "", 1, null, "x".repeat(256)]) expect(identityOf("line", { sub })).toBeNull();
    expect(identityOf("google", { sub: "1", name: "A", picture: "x" })).toEqual({
      ...{ provider: "google", subject: "1", addressProven: false, authTime: null },
    });
  });

  it("is fresh where the provider says when its person signed in, and that is after the request", () => {
    const at = (auth_time: unknown) => ({ authTime: identityOf("line", { sub: "x", auth_time })?.authTime ?? null });
    expect([at(1000), at(1000 - CLOCK_SKEW)].map((one) => isFresh(one, 1000))).toEqual([true, true]);
    for (const said of [undefined, null, "1000", Number.NaN, 0, -1, 1000 - CLOCK_SKEW - 1]) expect(isFresh(at(said), 1000)).toBe(false);
  });
});
