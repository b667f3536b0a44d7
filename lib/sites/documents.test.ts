import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const folder = join(root, "examples", "forward-auth");

it.each(["forward-auth.md", "forward-auth.ja.md"])("The configurations in docs/%s are those that are tested, word for word.", (name) => {
  const text = readFileSync(join(root, "docs", name), "utf8");
  for (const file of readdirSync(folder)) expect(text.includes(readFileSync(join(folder, file), "utf8").trimEnd()), file).toBe(true);
});
