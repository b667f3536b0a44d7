import { describe, expect, it, test } from "vitest";
import { carrierLines, linesSeen, staleLines } from "./carriers.ts";

describe("The carriers' lines for lost phones", () => {
  it("were confirmed within a year; read the source of each row named here again, and correct its day", () =>
    expect(staleLines(new Date())).toEqual([]));

  it("are named by their key and day when they are older", () =>
    expect(staleLines(new Date("2028-01-01"))).toEqual(carrierLines.map(({ key, seen }) => `${key} (${seen})`)));

  test.each(carrierLines)(
    "$key has a number that can be dialled, hours in both languages and a source",
    ({ number, hours, how, source, seen }) => {
      for (const one of [number.ja, number.en]) expect(one).toMatch(/^0[\d-]{8,12}$/);
      for (const text of [hours, how]) expect([text.ja, text.en].every((one) => one.length > 3)).toBe(true);
      expect(source).toMatch(/^https?:\/\/(?:[a-z]+\.)*(?:nttdocomo\.co\.jp|au\.com|softbank\.jp|rakuten\.co\.jp)\//);
      expect(new Date(seen).getTime()).toBeLessThanOrEqual(Date.now());
      expect(seen >= linesSeen()).toBe(true);
    },
  );
});
