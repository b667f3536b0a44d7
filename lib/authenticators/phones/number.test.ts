import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseNumber } from "#lib/authenticators/phones/number";

const jp = (typed: string) => {
  const parsed = parseNumber(typed, ["JP"]);
  return parsed.ok ? parsed.value.e164 : parsed.error;
};

describe("Numbers", () => {
  it.each([
    "09012345678",
    "090-1234-5678",
    "０９０－１２３４－５６７８",
    "090 1234 5678",
    "(090)1234-5678",
    "+81 90-1234-5678",
    "+81 0 90 1234 5678",
    "+81(0)90-1234-5678",
    "＋８１９０１２３４５６７８",
    "0081 90 1234 5678",
    "010 81 90 1234 5678",
    "tel:+81-90-1234-5678",
    "٠٩٠١٢٣٤٥٦٧٨",
    "090\u200b1234\u200b5678",
    "\u202a09012345678\u202c",
    "090ー1234ー5678",
    "[090]1234-5678",
    "090∼1234∼5678",
    "090〜1234〜5678",
    "090～1234～5678",
    "090─1234─5678",
    "090・1234・5678",
    "090-1234-5678。",
    "090.1234.5678",
    "090/1234/5678",
    "〔090〕1234-5678",
    "電話：090-1234-5678",
    "携帯番号 090-1234-5678",
    "TEL. 090-1234-5678",
    "+81 (90) 1234 - 5678",
  ])("reads %j as one and the same number (G01)", (typed) => expect(jp(typed)).toBe("+819012345678"));

  it.each([
    ["", "invalid"],
    ["090", "invalid"],
    ["0901234567", "invalid"],
    ["09012345678;ext=1", "invalid"],
    ["09012345678 x12", "invalid"],
    ["090abcd5678", "invalid"],
    ["+8190123456789012", "invalid"],
    ["110", "invalid"],
    ["119", "invalid"],
    ["0".repeat(65), "invalid"],
    ["../+819012345678", "invalid"],
    ["-09012345678", "invalid"],
    ["090-1234-5678-", "invalid"],
    ["090(1234-5678", "invalid"],
    ["(090]1234-5678", "invalid"],
    ["090-1234-5678/../x", "invalid"],
    ["+81+9012345678", "invalid"],
    ["090      1234      5678", "invalid"],
    ["090-1234-5678 090-1234-5679", "invalid"],
    ["<090-1234-5678>", "invalid"],
    ["0570012345", "premium"],
    ["0990123456", "premium"],
    ["0120123456", "premium"],
    ["02012345678", "premium"],
    ["05012345678", "voip"],
    ["+881612345678", "premium"],
    ["+8821234567", "premium"],
    ["+870773123456", "premium"],
    ["+979123456789", "premium"],
    ["+447012345678", "country_not_allowed"],
    ["+14155552671", "country_not_allowed"],
    ["+18765551234", "country_not_allowed"],
  ])("refuses %j: %s (G02, F11, F12)", (typed, reason) => expect(jp(typed)).toBe(reason));

  it("resolves the shared +1 by area, not by calling code (F11)", () => {
    expect(parseNumber("+18765551234", ["US"])).toMatchObject({ ok: false, error: "country_not_allowed" });
    expect(parseNumber("+14155552671", ["US"])).toMatchObject({ ok: true });
  });

  it("tells a landline, which takes calls only", () =>
    expect(parseNumber("03-1234-5678", ["JP"])).toMatchObject({ ok: true, value: { landline: true } }));

  it("never reads one number as two, nor throws on anything", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 80 }), (typed) => {
        const parsed = parseNumber(typed, ["JP"]);
        if (parsed.ok) expect(jp(parsed.value.e164)).toBe(parsed.value.e164);
      }),
    );
  });
});
