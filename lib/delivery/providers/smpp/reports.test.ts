import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import type { Receipt } from "#lib/delivery/provider";
import { Reports } from "#lib/delivery/providers/smpp/reports";

const SOON = [20, 60];
const named = (ref: string) => [[{ name: ref, sure: "yes" as const }]];
const delivered = (ref: string): Receipt => ({ names: named(ref), status: "delivered" });

/** Creates reports to a product that accepts known receipts, and records what it received. */
function reporting(known: (receipt: Receipt) => boolean | Error, again: readonly number[] = SOON) {
  const told: Receipt[] = [];
  const report = (receipt: Receipt) => {
    told.push(receipt);
    const answer = known(receipt);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer ? ("recorded" as const) : ("unmatched" as const));
  };
  const lost: string[] = [];
  return { told, lost, reports: new Reports({ report, lost: (reason) => void lost.push(reason) }, again) };
}

describe("Receipts on their way to the product", () => {
  it("are told once when they are known", async () => {
    const { told, reports } = reporting(() => true);
    expect(reports.take(delivered("a"))).toBe(true);
    await sleep(150);
    expect(told).toEqual([delivered("a")]);
  });

  it("are reported three times in all when no attempt matches them, or the database is away, and then counted as lost", async () => {
    for (const [answer, reason] of [
      [false, "unmatched"],
      [new Error("no database"), "unavailable"],
    ] as const) {
      const { told, lost, reports } = reporting(() => answer);
      reports.take(delivered("a"));
      await sleep(250);
      expect(told).toHaveLength(3);
      expect(lost).toEqual([reason]);
    }
  });

  it("are never more than a thousand at a time: the gateway keeps what comes on top", async () => {
    const { told, reports } = reporting(() => false);
    const taken = Array.from({ length: 1_500 }, (_, index) => reports.take(delivered(`m${index}`)));
    expect(taken.filter(Boolean)).toHaveLength(1_000);
    await vi.waitFor(() => expect(told).toHaveLength(3_000));
    await vi.waitFor(() => expect(reports.take(delivered("later"))).toBe(true));
  });

  it("of the parts of a text are one receipt: arrived with the last of them, and not arrived with the first that did not", async () => {
    const { told, reports } = reporting(() => true);
    reports.remember(["a", "b", "c"]);
    for (const ref of ["c", "b", "b"]) reports.take(delivered(ref));
    await sleep(20);
    expect(told).toEqual([]);
    reports.take(delivered("a"));
    await sleep(20);
    expect(told).toEqual([delivered("a")]);
    reports.remember(["d", "e"]);
    reports.take({ names: named("e"), status: "undelivered", reason: "not_reachable" });
    await sleep(20);
    expect(told.at(-1)).toEqual({ names: named("d"), status: "undelivered", reason: "not_reachable" });
  });

  it("of a part are told under the text's name even if they came before the answers", async () => {
    const names = new Set<string>();
    const { told, reports } = reporting(({ names: said }) => names.has(said?.[0]?.[0]?.name ?? ""));
    reports.take(delivered("b"));
    reports.take(delivered("a"));
    await sleep(5);
    reports.remember(["a", "b"]);
    names.add("a");
    await sleep(150);
    expect(told.filter(({ names: said }) => said?.[0]?.[0]?.name === "a").length).toBeGreaterThanOrEqual(1);
    expect(told.at(-1)).toEqual(delivered("a"));
  });
});
