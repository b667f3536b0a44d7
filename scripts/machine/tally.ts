import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { root } from "./place.ts";

/** Results of one part of the tests; failed, skipped and flaky tests (passed on the second try alone) by name. */
export type Tally = { passed: number; failed: string[]; skipped: string[]; flaky: string[] };

/** A run with more flaky tests than this has failed. */
const MOST_FLAKY = 2;

/** Sums the parts of a run; its flaky tests count as passed up to the bound, and all of them as failed above it. */
export function sum(tallies: Tally[]): Tally {
  const [passed, flaky] = [tallies.reduce((count, tally) => count + tally.passed, 0), tallies.flatMap((tally) => tally.flaky)];
  const [failed, skipped] = [tallies.flatMap((tally) => tally.failed), tallies.flatMap((tally) => tally.skipped)];
  return flaky.length > MOST_FLAKY
    ? { passed, failed: [...failed, ...flaky], skipped, flaky: [] }
    : { passed: passed + flaky.length, failed, skipped, flaky };
}

type VitestReport = {
  testResults: { name: string; status: string; assertionResults: { status: string; fullName: string; failureMessages?: string[] }[] }[];
};
type Suite = {
  title: string;
  suites?: Suite[];
  specs?: { title: string; tests: { status: string; results?: { errors?: { message?: string }[] }[] }[] }[];
};
type PlaywrightReport = { suites: Suite[]; errors: { message?: string }[] };

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours of the terminal.
const COLOUR = /\x1b\[[0-9;]*m/g;

/** Returns the reason of a failure in one line for the sum at the end of the log; a time limit is followed by the step that it met. */
const because = (...messages: (string | undefined)[]): string => {
  const lines = messages.join("\n").replace(COLOUR, "").split("\n");
  const told = lines.filter((line) => line.trim() !== "" && !/^\s*at /.test(line)).slice(0, 6);
  return told.length > 0
    ? ` | ${told
        .map((line) => line.trim())
        .join(" | ")
        .slice(0, 400)}`
    : "";
};

function read<T>(file: string): T | undefined {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/** Adds a failure to a run that ended with an error or ran no test, even if no single test failed. */
function honest(tally: Tally, name: string, code: number): Tally {
  if (tally.failed.length === 0 && code !== 0) tally.failed.push(`${name} ended with code ${code}`);
  if (tally.failed.length === 0 && tally.passed === 0 && tally.flaky.length === 0) tally.failed.push(`${name} ran no test`);
  return tally;
}

/** Counts the results of a Vitest report. */
export function tallyVitest(file: string, name: string, code: number): Tally {
  const tally: Tally = { passed: 0, failed: [], skipped: [], flaky: [] };
  for (const { name: path, status, assertionResults } of read<VitestReport>(file)?.testResults ?? []) {
    const where = relative(root, path);
    for (const test of assertionResults) {
      if (test.status === "passed") tally.passed++;
      else if (test.status === "failed") tally.failed.push(`${where}: ${test.fullName}${because(test.failureMessages?.[0])}`);
      else tally.skipped.push(`${where}: ${test.fullName}`);
    }
    if (status === "failed" && !assertionResults.some((test) => test.status === "failed")) tally.failed.push(`${where}: could not be run`);
  }
  return honest(tally, name, code);
}

/** Counts the results of a Playwright report. */
export function tallyPlaywright(file: string, name: string, code: number): Tally {
  const tally: Tally = { passed: 0, failed: [], skipped: [], flaky: [] };
  const visit = (suite: Suite, path: string) => {
    for (const spec of suite.specs ?? []) {
      for (const { status, results } of spec.tests) {
        if (status === "expected") tally.passed++;
        else if (status === "skipped") tally.skipped.push(`${path}: ${spec.title}`);
        else
          tally[status === "flaky" ? "flaky" : "failed"].push(
            `${path}: ${spec.title}${because(...(results?.flatMap(({ errors = [] }) => errors.map(({ message }) => message)) ?? []))}`,
          );
      }
    }
    for (const inner of suite.suites ?? []) visit(inner, `${path} › ${inner.title}`);
  };
  const report = read<PlaywrightReport>(file);
  for (const suite of report?.suites ?? []) visit(suite, suite.title);
  return honest(tally, name, code);
}
