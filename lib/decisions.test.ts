import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const folder = join(import.meta.dirname, "..", "docs", "decisions");

it("Every decision is in the index once, by its title and with a status.", () => {
  const files = readdirSync(folder).filter((file) => /^\d{3}-/.test(file));
  const index = readFileSync(join(folder, "README.md"), "utf8");
  const title = (file: string) => readFileSync(join(folder, file), "utf8").split("\n")[0]?.replace(/^# /, "");
  const lines = index.split("\n").filter((line) => line.startsWith("| ["));
  expect(lines.map((line) => line.split(" | ").slice(0, 2).join(" | "))).toEqual(
    files.map((file) => `| [${file.slice(0, 3)}](${file}) | ${title(file)}`),
  );
  for (const line of lines) expect(line).toMatch(/ \| (?:in force|replaced by \d{3}|in force, amended by \d{3}.*) \|$/);
});
