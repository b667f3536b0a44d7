import { describe, expect, it } from "vitest";
import { sendsLeft, stateOf } from "#lib/challenges/challenge";
import { resendWait } from "#lib/limits/policy";

const now = new Date("2026-11-23T00:00:00Z");
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const life = { attempts: 0, expiresAt: later(1), consumedAt: null, voidedAt: null };

describe("The state of a challenge", () => {
  it.each([
    [life, "open"],
    [{ ...life, attempts: 4 }, "open"],
    [{ ...life, attempts: 5 }, "exhausted"],
    [{ ...life, attempts: -1 }, "exhausted"],
    [{ ...life, attempts: Number.NaN }, "exhausted"],
    [{ ...life, expiresAt: now }, "expired"],
    [{ ...life, expiresAt: later(-1), attempts: 5 }, "expired"],
    [{ ...life, voidedAt: now, expiresAt: later(-1) }, "replaced"],
    [{ ...life, consumedAt: now, voidedAt: now }, "consumed"],
  ] as const)("%j is %s", (challenge, state) => expect(stateOf(challenge, now)).toBe(state));

  it.each([
    [0, 0, 5],
    [5, 0, 0],
    [6, 1, 0],
    [5, 2, 2],
    [5, 9, 2],
    [9, 0, 0],
  ])("after %i sends and %i refused ones has %i left", (sends, refunded, left) => expect(sendsLeft(sends, refunded)).toBe(left));

  it("spaces resends by 30, 60, then 120 seconds", () => expect([1, 2, 3, 4].map(resendWait)).toEqual([30, 60, 120, 120]));
});
