import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { alertCounts } from "#lib/alert";
import { poolWaits, watchPool } from "#lib/db/pool-watch";
import { log } from "#lib/log";

let waiting = 0;
let end: () => void;
const lines = (level: "warn" | "error") => vi.mocked(log[level]).mock.calls.map(([{ event, pool, count }]) => ({ event, pool, count }));
const alerts = () => alertCounts().get("pool.full") ?? 0;

beforeEach(() => {
  vi.useFakeTimers();
  for (const level of ["warn", "error"] as const) vi.spyOn(log, level).mockImplementation(() => undefined);
  waiting = 0;
  end = watchPool("test", () => waiting);
});
afterEach(() => {
  end();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("A pool whose calls wait", () => {
  it("is one line that names it and says how many wait, once a minute, and an alert after half a minute", () => {
    const before = alerts();
    waiting = 7;
    vi.advanceTimersByTime(29_000);
    expect(lines("warn")).toEqual([{ event: "pool.full", pool: "test", count: 7 }]);
    expect(alerts()).toBe(before);
    vi.advanceTimersByTime(3_000);
    expect(lines("error")).toEqual([{ event: "pool.full", pool: "test", count: 7 }]);
    vi.advanceTimersByTime(118_000);
    expect(alerts()).toBe(before + 2);
    expect(lines("warn").length + lines("error").length).toBeLessThanOrEqual(4);
    expect(poolWaits().get("test")).toBe(7);
  });

  it("for a moment says nothing, and half a minute in pieces is no alert", () => {
    const before = alerts();
    for (let round = 0; round < 60; round += 1) {
      waiting = round % 2;
      vi.advanceTimersByTime(1_000);
    }
    expect([lines("warn"), alerts() - before]).toEqual([[], 0]);
  });

  it("is forgotten when its watch ends", () => {
    waiting = 3;
    end();
    vi.advanceTimersByTime(90_000);
    expect([lines("warn"), lines("error"), poolWaits().has("test")]).toEqual([[], [], false]);
  });
});
