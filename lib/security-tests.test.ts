import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

// docs/security-tests.md is true: each test that it names is there, each id has one line, and each property under e2e/security has an id.

const root = join(import.meta.dirname, "..");
const lines = readFileSync(join(root, "docs", "security-tests.md"), "utf8").split("\n");
const rows = lines.flatMap((line) => {
  const [, id = "", cell = ""] = /^\| ([A-Z]+-?\d+) \| (.+) \|$/.exec(line) ?? [];
  return id ? [{ id, cell }] : [];
});
const named = rows.flatMap(({ id, cell }) =>
  [...cell.matchAll(/`([^`]+)` › ([^;]+)/g)].map(([, file = "", title = ""]) => ({ id, file, title: title.trim() })),
);
const texts = new Map<string, string>();
const textOf = (file: string) => {
  const known = texts.get(file) ?? (existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : "");
  texts.set(file, known);
  return known;
};

describe("docs/security-tests.md", () => {
  it("has every row in order and once", () => {
    expect(rows.length).toBeGreaterThan(150);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    expect(lines.filter((line) => line.startsWith("| ") && !line.startsWith("| id |")).length).toBe(rows.length);
  });

  it.each(rows)("$id names a test, or says why there is none", ({ cell }) => expect(cell).toMatch(/^`[^`]+` › |^open: |^elsewhere: /));

  it.each(named)("$id: $file › $title is there", ({ file, title }) => {
    // In the source a backslash may precede an apostrophe of the title.
    expect(textOf(file).replaceAll("\\", "").includes(title), file).toBe(true);
  });

  it("leaves out no property of e2e/security", () => {
    const files = readdirSync(join(root, "e2e", "security")).filter((file) => file.endsWith(".spec.ts"));
    const missing = files.filter((file) => !named.some((one) => one.file === `e2e/security/${file}`));
    expect(missing).toEqual([]);
  });
});
