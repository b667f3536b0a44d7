import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newOtp, newRecoveryCode, parseOtp, parseRecoveryCode } from "#lib/crypto/codes";

describe("Codes", () => {
  it("are six digits, uniform per place, leading zeros included (A13)", () => {
    const counts = Array.from({ length: 6 }, () => new Array<number>(10).fill(0));
    const rounds = 20_000;
    for (let i = 0; i < rounds; i += 1)
      for (const [place, digit] of [...newOtp()].entries()) {
        const place10 = counts[place] as number[];
        place10[Number(digit)] = (place10[Number(digit)] ?? 0) + 1;
      }
    // Chi-square with nine degrees of freedom exceeds 33.7 by chance once in ten thousand; the test examines six positions.
    for (const place of counts) expect(place.reduce((sum, seen) => sum + (seen - rounds / 10) ** 2 / (rounds / 10), 0)).toBeLessThan(33.7);
  });

  it.each([
    ["123456", "123456"],
    ["１２３４５６", "123456"],
    [" 123 456 ", "123456"],
    ["123-456", "123456"],
    ["１２３ー４５６", "123456"],
    ["000000", "000000"],
    ["12345", null],
    ["1234567", null],
    ["1e5", null],
    ["0x1E240", null],
    ["12345a", null],
    ["", null],
    ["1".repeat(65), null],
    ["①②③④⑤⑥", "123456"],
    ["コード：123456", "123456"],
    ["認証コードは 123456 です", "123456"],
    ["【関所】認証コード 012345（ログイン）\n10分有効。誰にも教えないでください\n@localhost #012345", "012345"],
    ["Your code: 123 456", null],
    ["【Example】code 123456 (sign in)\nValid for 10 minutes.\n@login.example.jp #123456", "123456"],
    ["認証コード 123456 と 認証コード 654321", null],
    ["コード 1234567", null],
    ["注文 123456 番", null],
    ["123456' OR 1=1", null],
    ["123456\n654321", null],
    [`コード 123456${" ".repeat(1000)}`, null],
  ])("reads %j as %j (OTP-14)", (typed, expected) => expect(parseOtp(typed)).toBe(expected));

  it("never reads anything as something other than six ASCII digits", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (typed) => /^[0-9]{6}$/.test(parseOtp(typed) ?? "000000")));
  });

  it("has recovery codes of eighty bits that survive being typed by hand", () => {
    for (let i = 0; i < 200; i += 1) {
      const code = newRecoveryCode();
      expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
      const typed = code.toLowerCase().replaceAll("-", " ").replaceAll("0", "o").replaceAll("1", "i");
      expect(parseRecoveryCode(typed)).toBe(code.replaceAll("-", ""));
    }
    expect(parseRecoveryCode("UUUU-UUUU-UUUU-UUUU")).toBeNull();
  });
});
