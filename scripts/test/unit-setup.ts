import { afterEach, beforeEach, expect, vi } from "vitest";
import { testEnvironment } from "./environment.ts";

Object.assign(process.env, testEnvironment, { DATABASE_URL: "postgres://nowhere.invalid/none" });

// What a pure function has to say it returns; a line on standard error is a warning that nobody would read.
let errors: unknown[][] = [];
beforeEach(() => {
  errors = [];
  vi.spyOn(console, "error").mockImplementation((...line) => void errors.push(line));
});
afterEach(() => expect(errors, "console.error was called").toEqual([]));
