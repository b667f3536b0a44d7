import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseReturnTo } from "#lib/web/return-to";

describe("returnTo", () => {
  it.each(["/account", "/account/phones?x=1", "/", "/a-b_c~d"])("keeps %j", (path) => expect(parseReturnTo(path)).toBe(path));

  it.each([
    "",
    "account",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil",
    "https://evil.example",
    "javascript:alert(1)",
    "/%2fevil.example",
    "/%5cevil",
    "/a\r\nSet-Cookie: x",
    "/\t/evil.example",
    "/ /evil",
    "/a%0d%0ab",
    "/.//evil.example",
    "/sign-in",
    "/verify",
    "/api/v1/session",
    "/_next/x",
    `/${"a".repeat(2100)}`,
    null,
    undefined,
    5,
    ["/account"],
    {},
  ])("ignores %j (I05)", (value) => expect(parseReturnTo(value)).toBeNull());

  it("never leaves this origin", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (tail) => {
        const path = parseReturnTo(`/${tail}`);
        if (path !== null) expect(new URL(path, "https://here.example").origin).toBe("https://here.example");
      }),
    );
  });
});
