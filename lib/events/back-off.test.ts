import { describe, expect, it } from "vitest";
import { GIVE_UP_SECONDS, waitAfter } from "#lib/events/back-off";

describe("The waits of an event that is not taken", () => {
  it("grow from a minute to most of a day and fill three days", () => {
    const waits = Array.from({ length: 9 }, (_, index) => waitAfter(index + 1));
    expect(waits[0]).toBe(60);
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(waits.slice(0, 8).reduce((sum, wait) => sum + wait, 0)).toBeLessThan(GIVE_UP_SECONDS);
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThanOrEqual(GIVE_UP_SECONDS - 86_400);
  });
});
