import { availableParallelism } from "node:os";
import { describe, expect, it } from "vitest";
import { HasherBusy, hashSecret, verifySecret } from "#lib/crypto/password-hash";

// Of any number of concurrent passwords two are hashed, two hundred wait, and the others are refused as busy (PW-05, K11).
const TAKEN = 200 + Math.min(2, availableParallelism());

describe("The hasher", () => {
  it("takes 201 or 202 at once, refuses the rest at once, and has room again afterwards", async () => {
    const stored = await hashSecret("ながい あいことば 42");
    const asked = performance.now();
    let firstRefusal = 0;
    const results = await Promise.all(
      Array.from({ length: 260 }, (_, index) =>
        verifySecret(index % 2 ? stored : null, "ながい あいことば 42").catch((error: unknown) => {
          firstRefusal ||= performance.now() - asked;
          return error;
        }),
      ),
    );
    expect(results.filter((result) => result instanceof HasherBusy)).toHaveLength(260 - TAKEN);
    expect(results.slice(0, TAKEN)).toEqual(Array.from({ length: TAKEN }, (_, index) => index % 2 === 1));
    expect(firstRefusal).toBeLessThan(500);
    expect(await verifySecret(stored, "ながい あいことば 42")).toBe(true);
  }, 60_000);

  it("keeps a processor free until four wait, and then serves them in their order", async () => {
    const stored = await hashSecret("ながい あいことば 42");
    const served: number[] = [];
    const judged = Array.from({ length: 8 }, (_, index) => verifySecret(stored, "x").then(() => served.push(index)));
    await Promise.all(judged);
    // Two concurrent hashes may end in either order, so a result may be one place early.
    for (const [place, index] of served.entries()) expect(Math.abs(place - index)).toBeLessThanOrEqual(1);
  });
});
