import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { destinationOf, sourceOf } from "#lib/delivery/providers/smpp/addresses";
import { relativeTime } from "#lib/delivery/providers/smpp/submit";
import { partsOf } from "#lib/delivery/providers/smpp/text";
import { TEXT } from "#lib/testing/smpp";

const UCS2 = (message: Buffer) => Buffer.from(message).swap16().toString("utf16le");

describe("A text over SMPP", () => {
  it("of one segment is one message without a header", () => {
    expect(partsOf(TEXT, 7)).toEqual([{ esmClass: 0, dataCoding: 8, message: Buffer.from(TEXT, "utf16le").swap16() }]);
    expect(partsOf("a".repeat(70), 7)).toHaveLength(1);
  });

  it.each([
    [71, 2],
    [134, 2],
    [135, 3],
    [660, 10],
  ])("of %i units takes %i messages", (units, parts) => expect(partsOf("あ".repeat(units), 7)).toHaveLength(parts));

  it("is cut into whole characters of at most 67 units, numbered, and nothing of it is lost", () =>
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 71, maxLength: 400 }), fc.integer({ min: 0, max: 255 }), (text, reference) => {
        const parts = partsOf(text, reference);
        const texts = parts.map(({ message }) => UCS2(message.subarray(6)));
        expect(texts.join("")).toBe(text);
        parts.forEach(({ esmClass, message }, index) => {
          expect(esmClass).toBe(0x40);
          expect([...message.subarray(0, 6)]).toEqual([5, 0, 3, reference, parts.length, index + 1]);
          expect(message.length).toBeLessThanOrEqual(140);
        });
        for (const one of texts) expect(one.isWellFormed()).toBe(true);
      }),
    ));

  it("of the GSM alphabet takes 160 characters where the gateway is known to use it, and UCS-2 where it is not or a character is missing", () => {
    const english = `Example sign-in code 012345\n10 min. Tell no one.\n@auth.example.jp #012345${"x".repeat(80)}`;
    expect(partsOf(english, 7, true)).toMatchObject([{ esmClass: 0, dataCoding: 0 }]);
    expect(partsOf("x".repeat(161), 7, true).map(({ message }) => message.length)).toEqual([159, 14]);
    expect(partsOf(english, 7)[0]?.dataCoding).toBe(8);
    for (const missing of ["€", "[", "`", "あ", "\u001b"]) expect(partsOf(`code ${missing}`, 7, true)[0]?.dataCoding).toBe(8);
    expect([...(partsOf("@£$_ü", 7, true)[0]?.message ?? [])]).toEqual([0, 1, 2, 0x11, 0x7e]);
  });

  it.each([
    [60, "000000000100000R"],
    [600, "000000001000000R"],
    [3_661, "000000010101000R"],
    [90_000, "000001010000000R"],
  ])("is valid for %i seconds as %s", (seconds, written) => expect(relativeTime(seconds)).toBe(written));
});

describe("Addresses over SMPP", () => {
  it.each<[string | null, number, number, string]>([
    [null, 0, 0, ""],
    ["0005 1234", 2, 1, "00051234"],
    ["+81 3-1234-5678", 1, 1, "81312345678"],
    ["Example", 5, 0, "Example"],
    ["Example 2", 5, 0, "Example 2"],
  ])("a sender %j is type %i, plan %i, %j", (sender, sourceTon, sourceNpi, source) => {
    expect(sourceOf(sender)).toEqual({ ok: true, value: { sourceTon, sourceNpi, source } });
    expect(sourceOf(sender, { ton: 3, npi: 9 })).toEqual({ ok: true, value: { sourceTon: 3, sourceNpi: 9, source } });
  });

  it.each(["関所", "a name that is too long", "+1", "12", ""])("%j is no sender", (sender) => {
    // Two digits count as an alphanumeric name.
    expect(sourceOf(sender).ok).toBe(sender === "12");
  });

  it("a number is international, or national where the gateway wants it so", () => {
    expect(destinationOf("+819012345678", { ton: 1, npi: 1 })).toMatchObject({ value: { destination: "819012345678" } });
    expect(destinationOf("+819012345678", { ton: 2, npi: 1 })).toMatchObject({ value: { destinationTon: 2, destination: "09012345678" } });
    expect(destinationOf("+12025550123", { ton: 2, npi: 1 })).toEqual({ ok: false, error: "country_blocked" });
  });
});
