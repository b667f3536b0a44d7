import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { factNames, mustHold } from "#lib/console/setup";

const read = (file: string) => readFileSync(join(import.meta.dirname, "../..", file), "utf8");

it.each([
  ["docs/operations.md", /: (\d+) facts, each with why/, /(\d+) facts hold public sign-up closed/],
  ["docs/ja/operations.md", /: (\d+)の事実に/, /鍵の控えの(\d+)つがそろうまで/],
])("The facts of go-live, and those that hold public sign-up closed, are as many in %s as in the guide", (file, facts, held) => {
  const text = read(file);
  expect([facts, held].map((pattern) => pattern.exec(text)?.[1])).toEqual([String(factNames.length), String(mustHold.length)]);
});
