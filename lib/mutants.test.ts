import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** The mutants that tests must catch (`npm run mutants`): a patch that no longer fits the code exactly proves nothing. */
const mutants = readdirSync("e2e/mutants").filter((name) => name.endsWith(".patch"));

describe("Every mutant", () => {
  it("is one of more than a hundred", () => expect(mutants.length).toBeGreaterThan(100));

  it.each(mutants)("%s fits the code without a guess, and names a file of tests that exists", (name) => {
    const fits = spawnSync("git", ["apply", "--check", `e2e/mutants/${name}`], { encoding: "utf8" });
    expect(fits.stderr).toBe("");
    const [, file = ""] = /^Test:\s*(\S+)/m.exec(readFileSync(`e2e/mutants/${name}`, "utf8")) ?? [];
    expect(existsSync(file), file).toBe(true);
  });
});
