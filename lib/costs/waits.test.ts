import { describe, expect, it } from "vitest";
import { percentileOf, WAIT_BOUNDS } from "#lib/costs/waits";

describe("Seconds until delivery in spans", () => {
  it("have no percentile without any delivery", () => expect(percentileOf({}, 0.5)).toBeNull());

  it("give the percentiles of what was counted to within one span", () => {
    const seconds = Array.from({ length: 1000 }, (_, index) => (index * 7919) % 97);
    const waits: Record<number, number> = {};
    for (const second of seconds) {
      const span = WAIT_BOUNDS.filter((bound) => bound <= second).length;
      waits[span] = (waits[span] ?? 0) + 1;
    }
    const sorted = seconds.toSorted((a, b) => a - b);
    for (const share of [0.5, 0.95]) {
      const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
      const span = WAIT_BOUNDS.filter((bound) => bound <= exact).length;
      const found = percentileOf(waits, share) ?? -1;
      expect(found).toBeGreaterThanOrEqual(span === 0 ? 0 : (WAIT_BOUNDS[span - 1] ?? 0));
      expect(found).toBeLessThanOrEqual(WAIT_BOUNDS[span] ?? 600);
    }
  });

  it("say the last bound for what took longer than all of them", () => expect(percentileOf({ [WAIT_BOUNDS.length]: 3 }, 0.95)).toBe(600));
});
