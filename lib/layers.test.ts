import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { Purpose } from "#lib/db/generated/enums";

/** The rooms from left to right (lib/README.md): a room imports its own files and rooms to its right. */
const rooms = [
  ...["testing", "web", "api", "jobs", "openid", "http"],
  ...[
    "console",
    "health",
    "verifications",
    "accounts",
    "purposes",
    "recovery",
    "authenticators",
    "challenges",
    "staff",
    "sites",
    "social",
    "sessions",
  ],
  "events",
  ...["delivery", "mail", "demo", "keys", "limits", "policy", "audit"],
  ...[
    "methods",
    "requester",
    "db",
    "crypto",
    "alert",
    "log",
    "env",
    "costs",
    "words",
    "errors",
    "request",
    "result",
    "singleton",
    "proxies",
  ],
];

const files = globSync("{lib,app,components}/**/*.{ts,tsx}", { exclude: (path) => String(path).includes("generated") });
const sources = files
  .filter((file) => !/\.test\.tsx?$/.test(file))
  .map((file) => ({ file: file.replaceAll("\\", "/"), text: readFileSync(file, "utf8") }));
const importsOf = (text: string) => [...text.matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
const filesOf = (file: string, text: string): string[] =>
  importsOf(text).flatMap((one) =>
    one.startsWith("#lib/") ? [`lib/${one.slice(5)}.ts`] : one.startsWith("./") ? [join(dirname(file), one).replaceAll("\\", "/")] : [],
  );
const roomOf = (path: string) => path.split("/")[0]?.replace(/\.ts$/, "") ?? "";

describe("The layers", () => {
  it("have files to judge", () => expect(sources.length).toBeGreaterThan(50));

  it.each(sources.filter(({ file }) => file.startsWith("lib/")))("$file imports to the right only", ({ file, text }) => {
    const place = rooms.indexOf(roomOf(file.slice(4)));
    expect(place, `${file} is in a room that has no place`).toBeGreaterThanOrEqual(0);
    for (const target of importsOf(text).filter((one) => one.startsWith("#lib/")))
      expect(rooms.indexOf(roomOf(target.slice(5))), `${file} → ${target}`).toBeGreaterThanOrEqual(place);
  });

  it("has no file that imports itself by a detour", () => {
    const imports = new Map(sources.map(({ file, text }) => [file, filesOf(file, text)]));
    const reach = (from: string, seen = new Set<string>()): Set<string> => {
      for (const to of imports.get(from) ?? [])
        if (!seen.has(to)) {
          seen.add(to);
          reach(to, seen);
        }
      return seen;
    };
    expect([...imports.keys()].filter((file) => reach(file).has(file))).toEqual([]);
  });

  it("names an authenticator, a phone and an account nowhere in the engine of challenges", () => {
    for (const { file, text } of sources.filter((one) => one.file.startsWith("lib/challenges/"))) {
      expect(
        importsOf(text).filter((one) => /^#lib\/(?:authenticators|purposes|accounts)\//.test(one)),
        file,
      ).toEqual([]);
      expect(text, file).not.toMatch(/\b(?:phones|account_phones|recovery_codes?|recovery_code_sets)\b/);
    }
  });

  it("names a purpose in lib/purposes alone, so that another one is one file and one line", () => {
    const outside = sources.filter(({ file }) => !/^lib\/(?:purposes|testing)\//.test(file));
    const named = new RegExp(`\\b(?:${Object.values(Purpose).join("|")})\\b`);
    expect(outside.filter(({ text }) => named.test(text)).map(({ file }) => file)).toEqual([]);
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
      expect([
        "words",
        "errors",
        "result",
        "methods",
        "challenges",
        "sessions",
        "audit",
        "web",
        "demo",
        "delivery",
        "recovery",
        "staff",
        "costs",
      ]).toContain(room);
    expect(importsOf(text).filter((one) => one.startsWith("#lib/db"))).toEqual([]);
  });

  it.each(sources.filter(({ file }) => file.startsWith("components/ui/")))(
    "$file is a part for the server that sets no style itself",
    ({ text }) => expect(text).not.toMatch(/"use client"|\bstyle=|\buse[A-Z]\w+\(/),
  );

  it.each(sources)("$file reads the environment through lib/env alone", ({ file, text }) => {
    if (file !== "lib/env.ts") expect(text).not.toMatch(/process\.env/);
  });

  it("has one statement that opens a session, and two use cases at most that call it", () => {
    expect(
      sources.filter(({ file, text }) => !file.startsWith("lib/testing/") && /INSERT INTO sessions/i.test(text)).map(({ file }) => file),
    ).toEqual(["lib/sessions/open-session.ts"]);
    const callers = sources
      .filter(({ file, text }) => file !== "lib/sessions/open-session.ts" && /\bopenSession\(/.test(text))
      .map(({ file }) => file);
    expect(callers.sort()).toEqual(["lib/accounts/trusted-sign-in.ts", "lib/purposes/complete.ts"]);
  });

  it("speaks to providers in lib/delivery/providers alone", () => {
    const others = ["lib/delivery/providers/", "lib/testing/"];
    for (const { file, text } of sources)
      if (file.startsWith("lib/") && !others.some((room) => file.startsWith(room))) expect(text, file).not.toMatch(/\bfetch\(/);
  });
});
