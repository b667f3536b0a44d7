import { afterEach, beforeEach, expect, vi } from "vitest";
import { testEnvironment } from "./environment.ts";

Object.assign(process.env, testEnvironment, { DATABASE_URL: "postgres://nowhere.invalid/none" });

// A pure function reports through its return value, so any line on standard error fails its test.
let errors: unknown[][] = [];
beforeEach(() => {
  errors = [];
  vi.spyOn(console, "error").mockImplementation((...line) => void errors.push(line));
});
afterEach(() => expect(errors, "console.error was called").toEqual([]));
