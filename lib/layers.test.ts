import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** Arrows go right only (lib/README.md): each room may import its own files, rooms on its right, and what is named beside it. */
const bottom = ["db", "env", "crypto", "result", "words", "request", "singleton", "log", "errors", "alert", "proxies"];
const services = ["delivery", "mail", "limits", "audit", "demo"];
const useCases = ["accounts", "challenges", "factors", "phones", "sessions", "recovery", "admin"];
const allowed: Record<string, string[]> = {
  ...Object.fromEntries(bottom.map((room) => [room, bottom])),
  ...Object.fromEntries(services.map((room) => [room, [...services, ...bottom]])),
  ...Object.fromEntries(useCases.map((room) => [room, [...useCases, ...services, ...bottom]])),
  jobs: ["jobs", ...useCases, ...services, ...bottom],
  testing: ["testing", ...useCases, ...services, ...bottom, "jobs"],
  http: ["http", ...useCases, ...services, ...bottom],
  api: ["api", "http", ...useCases, ...services, ...bottom],
  web: ["web", "api", "http", ...useCases, ...services, ...bottom],
};

const files = globSync("{lib,app,components}/**/*.{ts,tsx}", { exclude: (path) => String(path).includes("generated") });
const sources = files
  .filter((file) => !/\.test\.tsx?$/.test(file))
  .map((file) => ({ file: file.replaceAll("\\", "/"), text: readFileSync(file, "utf8") }));
const importsOf = (text: string) => [...text.matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
const roomOf = (path: string) => path.split("/")[0]?.replace(/\.ts$/, "") ?? "";

describe("the layers", () => {
  it("have files to judge", () => expect(sources.length).toBeGreaterThan(50));

  it.each(sources.filter(({ file }) => file.startsWith("lib/")))("$file imports to the right only", ({ file, text }) => {
    const room = roomOf(file.slice(4));
    for (const target of importsOf(text)
      .filter((one) => one.startsWith("#lib/"))
      .map((one) => roomOf(one.slice(5))))
      expect(allowed[room], `${file} → lib/${target}`).toContain(target);
  });

  it.each(sources.filter(({ file }) => file.startsWith("lib/")))("$file knows Next and React only in lib/web", ({ file, text }) => {
    const foreign = importsOf(text).filter((one) => /^(?:next(?:-auth|-intl)?|react)(?:\/|$)/.test(one));
    if (!file.startsWith("lib/web/")) expect(foreign).toEqual([]);
  });

  it.each(sources.filter(({ file }) => file.startsWith("components/")))("$file reaches no use case and no database", ({ text }) => {
    const reached = importsOf(text)
      .filter((one) => one.startsWith("#lib/"))
      .map((one) => roomOf(one.slice(5)));
    for (const room of reached)
      expect(["words", "errors", "result", "challenges", "sessions", "audit", "web", "demo", "delivery"]).toContain(room);
    expect(importsOf(text).filter((one) => one.startsWith("#lib/db"))).toEqual([]);
  });

  it.each(sources)("$file reads the environment through lib/env alone", ({ file, text }) => {
    if (file !== "lib/env.ts") expect(text).not.toMatch(/process\.env/);
  });

  it("has one statement that opens a session, and two use cases at most that call it", () => {
    expect(sources.filter(({ text }) => /INSERT INTO sessions/i.test(text)).map(({ file }) => file)).toEqual([
      "lib/sessions/open-session.ts",
    ]);
    const callers = sources
      .filter(({ file, text }) => file !== "lib/sessions/open-session.ts" && /\bopenSession\(/.test(text))
      .map(({ file }) => file);
    expect(callers).toEqual(["lib/challenges/effects.ts"]);
  });

  it("speaks to providers in lib/delivery/providers alone", () => {
    for (const { file, text } of sources)
      if (file.startsWith("lib/") && !file.startsWith("lib/delivery/providers/")) expect(text, file).not.toMatch(/\bfetch\(/);
  });
});
