import { describe, expect, it } from "vitest";
import { passwordProblem } from "#lib/authenticators/password/policy";

const judge = (password: string) => passwordProblem(password, { email: "hanako.yamada@example.jp", service: "関所" });

describe("Passwords", () => {
  it.each([
    ["1234567", "password_too_short"],
    ["🗾🗾🗾🗾🗾🗾🗾", "password_too_short"],
    ["a1b2c3d4".repeat(33), "password_too_long"],
    ["password", "password_common"],
    ["PASSWORD", "password_common"],
    ["12345678", "password_common"],
    ["iloveyou", "password_common"],
    ["aaaaaaaaaa", "password_common"],
    ["abababababab", "password_common"],
    ["abcdefghij", "password_common"],
    ["hanako.yamada", "password_context"],
    ["hanako.yamada@example.jp", "password_context"],
    ["Sekisho2026", "password_context"],
    ["example2026!", "password_context"],
    ["sekisho-sekisho", null],
    ["8文字のことばです", null],
    ["correct horse battery", null],
    ["   leading and trailing   ", null],
    ["🗾🏯🎏🗻🍵🎐🏮🎋", null],
    ["x7!kQ2zP", null],
    [`${"ü".repeat(3)}qtzu9`, null],
  ])("%j → %s (B12)", (password, problem) => expect(judge(password)).toBe(problem));

  it("counts code points after NFC, so that both spellings of a letter are one", () => {
    const [composed, decomposed] = ["がぎぐげござじ", "がぎぐげござじ".normalize("NFD")];
    expect(judge(composed)).toBe("password_too_short");
    expect(judge(decomposed)).toBe("password_too_short");
  });

  it("accepts 256 code points and refuses the next", () => {
    const base = "とても長いあいことば 9x";
    const long = base.repeat(20).slice(0, 256);
    expect(judge(long)).toBe([...long].length === 256 ? null : "password_too_short");
    expect(judge(`${long}a`)).toBe("password_too_long");
  });
});
