import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { equalInConstantTime } from "#lib/crypto/hash";

const SECRET = "kM0l6Cw2mDk8m0Yw1H1Zb8Xo1c3pVtq7cN9uJr5TzQE";

describe("The comparison of secrets", () => {
  it("tells the same text from every other, whatever bytes and length it has, and never throws", () => {
    expect(equalInConstantTime(SECRET, SECRET)).toBe(true);
    const others = [
      undefined,
      "",
      "\u00e9",
      `${SECRET.slice(0, -1)}\u00e9`,
      "\u00e9".repeat(43),
      `${SECRET}\0`,
      SECRET.slice(1),
      `${SECRET}, ${SECRET}`,
      "x".repeat(100_000),
      "\ud800",
      "鍵".repeat(43),
    ];
    for (const other of others) {
      expect(equalInConstantTime(other, SECRET), other?.slice(0, 50)).toBe(false);
      expect(equalInConstantTime(SECRET, other), other?.slice(0, 50)).toBe(false);
    }
    expect(equalInConstantTime(undefined, undefined)).toBe(false);
    expect(equalInConstantTime("\ud800", "\ud801")).toBe(false);
  });

  it("stands once: timingSafeEqual, which throws for unequal lengths, is used in this file alone", () => {
    const files = globSync(["{lib,app,components,scripts,prisma}/**/*.{ts,tsx,mjs,js}", "*.{ts,js,mjs}"], {
      exclude: (path) => /generated|node_modules/.test(String(path)),
    });
    expect(files.length).toBeGreaterThan(200);
    const users = files.filter((file) => !/\.test\.tsx?$/.test(file) && readFileSync(file, "utf8").includes("timingSafeEqual"));
    expect(users).toEqual(["lib/crypto/hash.ts"]);
  });
});
