import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

// A failed test is first seen by its title, which has to be understood alone: with those of its describes it is one sentence.

const root = join(import.meta.dirname, "..");
const files = ["lib", "app", "components", "e2e"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(?:test|spec)\.ts$/.test(file) && !file.includes("node_modules"))
    .map((file) => join(folder, file)),
);

/** Finds a title by its surroundings: the call of a test, or of its table, before it, and a function after it. */
const TITLE = /(?:\b(?:describe|withPeers|test|it)|\))\((?:\[[^\]]*\], )?\s*(["`])((?:(?!\1)[^\\]|\\.)*)\1,\s*(?:async )?(?:\(|\{|\w+ =>)/g;

type Title = { text: string; describes: boolean; inside: boolean };

/** Reads the titles of a file by its formatting, which the style check holds: a describe ends at its own indentation. */
function titlesOf(file: string): Title[] {
  const source = readFileSync(join(root, file), "utf8");
  let open: string[] = [];
  let from = 0;
  return [...source.matchAll(TITLE)].map(({ 0: call, 2: text = "", index }) => {
    const passed = source.slice(from, index).split("\n");
    from = index;
    open = open.filter((indent) => !passed.includes(`${indent}});`));
    const line = `${passed.at(-1)}${call}`;
    const describes = /^\s*(?:test\.)?(?:describe|withPeers)\b/.test(line);
    const inside = open.length > 0;
    if (describes) open.push(/^\s*/.exec(line)?.[0] ?? "");
    return { text, describes, inside };
  });
}

/** A capital letter, a number, or a name as in code. */
const BEGINS = /^(?:[A-Z\d]|%d|(?:npm|next-auth|openssl|axe)\b|[a-z]+[A-Z]|[a-z]*[./]\w)/;

describe("Every title of a test", () => {
  it.each(files)("in %s begins a sentence with a capital letter or a name as in code", (file) => {
    const beginnings = titlesOf(file).filter(({ inside }) => !inside);
    expect(beginnings.length).toBeGreaterThan(0);
    expect(beginnings.filter(({ text }) => !BEGINS.test(text))).toEqual([]);
  });

  it.each(files.filter((file) => file.startsWith("e2e")))("in %s ends its sentence", (file) => {
    expect(titlesOf(file).filter(({ text, describes }) => !describes && !text.endsWith("."))).toEqual([]);
  });
});
