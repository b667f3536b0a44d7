import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Named } from "#lib/delivery/provider";
import { type IdSettings, idOf, isNotDecimal, messageIds, namesOfReceipt, tlvIds } from "#lib/delivery/providers/smpp/ids";

const auto: IdSettings = { messageIds: "auto", tlvIds: "auto" };
const named = (tlv: string, text: string, over: Partial<IdSettings> = {}, hexAnswers = false) =>
  namesOfReceipt({ tlv, text }, { ...auto, ...over }, hexAnswers)?.map((list) => list.map(({ name, sure }) => `${name} ${sure}`));

describe("An id as it is stored", () => {
  it.each([
    ["0A1B", "a1b"],
    ["00000001", "1"],
    ["000", "0"],
    ["39F99DD5", "39f99dd5"],
    ["0F6F0B3E-7A5E-4F3A-9A53-3D3A6D9A5B10", "0f6f0b3e-7a5e-4f3a-9a53-3d3a6d9a5b10"],
    ["SMSC-aB-01", "SMSC-aB-01"],
    ["00xyZ", "00xyZ"],
  ])("%s is %s", (written, stored) => expect(idOf(written)).toBe(stored));

  it.each(["", " ", "a b", "a\0", "é", "7".repeat(65)])("%j is none", (written) => expect(idOf(written)).toBeNull());
});

describe("What a receipt names", () => {
  it("is the answer itself where letters say so, and every base where digits do not", () => {
    expect(named("", "39F99DD5")).toEqual([["39f99dd5 yes", "972660181 no"]]);
    expect(named("", "0972660181")).toEqual([["972660181 likely", "39f99dd5 no", "40573993345 no"]]);
    expect(named("", "0972660181", {}, true)).toEqual([["972660181 no", "39f99dd5 no"]]);
  });

  it("is what both fields agree on", () => {
    expect(named("12345678", "0305419896", {}, true)).toEqual([["12345678 yes"]]);
    expect(named("12345678", "0305419896", { messageIds: "hex-then-decimal" })).toEqual([["12345678 yes"]]);
    expect(named("39f99dd5", "0972660181")).toEqual([["39f99dd5 yes", "972660181 no"]]);
    expect(named("abc", "SMSC-77")).toEqual([["abc yes", "2748 no"], ["SMSC-77 yes"]]);
  });

  it("is decided by a setting, for each field", () => {
    expect(named("", "12345678", { messageIds: "same" })).toEqual([["12345678 yes"]]);
    expect(named("", "12345678", { messageIds: "hex-then-decimal" })).toEqual([["bc614e yes"]]);
    expect(named("", "BC614E", { messageIds: "decimal-then-hex" })).toEqual([["12345678 yes"]]);
    expect(named("", "xyz", { messageIds: "hex-then-decimal" })).toBeUndefined();
    expect(named("12345678", "", { messageIds: "hex-then-decimal" })).toEqual([["12345678 no", "bc614e no"]]);
    expect(named("12345678", "", { messageIds: "hex-then-decimal", tlvIds: "answer" })).toEqual([["12345678 yes"]]);
    expect(named("12345678", "", { messageIds: "hex-then-decimal", tlvIds: "receipt" })).toEqual([["bc614e yes"]]);
    expect(named("bc614e", "", { messageIds: "decimal-then-hex" })).toEqual([["12345678 yes"]]);
  });

  it("always holds the answer, whatever bases a gateway writes its fields in, and calls no other one sure", () => {
    const number = fc.oneof(fc.bigInt({ min: 1n, max: 2n ** 64n }), fc.bigInt({ min: 1n, max: 99n }));
    const write = (value: bigint, hex: boolean, zeros: number, capitals: boolean) => {
      const digits = "0".repeat(zeros) + value.toString(hex ? 16 : 10);
      return capitals ? digits.toUpperCase() : digits;
    };
    const bases = fc.record({ answer: fc.boolean(), tlv: fc.boolean(), text: fc.boolean() });
    const given = fc.constantFrom("tlv", "text", "both");
    const settings = fc.record({ messageIds: fc.constantFrom(...messageIds), tlvIds: fc.constantFrom(...tlvIds) });
    fc.assert(
      fc.property(number, bases, given, settings, fc.nat(4), fc.boolean(), (value, hex, fields, chosen, zeros, capitals) => {
        const relation = hex.answer === hex.text ? "same" : hex.answer ? "hex-then-decimal" : "decimal-then-hex";
        const tlvAs = hex.tlv === hex.answer ? "answer" : "receipt";
        // Skips settings that contradict the gateway, because no code can correct them.
        fc.pre(chosen.messageIds === "auto" || chosen.messageIds === relation);
        fc.pre(chosen.tlvIds === "auto" || chosen.tlvIds === tlvAs);
        fc.pre(chosen.messageIds !== "same" || hex.tlv === hex.answer);
        const answer = idOf(write(value, hex.answer, 0, false)) ?? "";
        const written = {
          tlv: fields === "text" ? "" : write(value, hex.tlv, zeros, capitals),
          text: fields === "tlv" ? "" : write(value, hex.text, zeros, !capitals),
        };
        const lists = namesOfReceipt(written, chosen, hex.answer && isNotDecimal(answer)) ?? [];
        const found = lists.flat().filter(({ name }: Named) => name === answer);
        expect(found.length).toBeGreaterThan(0);
        expect(lists.flat().filter(({ name, sure }) => sure === "yes" && name !== answer && hex.answer && isNotDecimal(name))).toEqual([]);
      }),
      { numRuns: 5_000 },
    );
  });
});
