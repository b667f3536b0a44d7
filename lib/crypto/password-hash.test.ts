import { availableParallelism } from "node:os";
import { describe, expect, it } from "vitest";
import { HasherBusy, hashSecret, verifySecret } from "#lib/crypto/password-hash";

// However many passwords are to be judged at once, two are, two hundred wait, and the others are told to come back (PW-05, K11).
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
    // Two at once may end in either order; none comes more than one place too early.
    for (const [place, index] of served.entries()) expect(Math.abs(place - index)).toBeLessThanOrEqual(1);
  });
});
