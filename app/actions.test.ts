import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

// Every server action guards itself: the strict schema is its first line, and what needs a session asks for it before it acts; there is
// no middleware that could be passed by (WB-01, WB-05, I01, L07).

const root = join(import.meta.dirname, "..");
const files = readdirSync(join(root, "app"), { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".test.ts"))
  .map((file) => ({ file, text: readFileSync(join(root, "app", file), "utf8") }));
const actions = files
  .filter(({ text }) => /^["']use server["']/m.test(text))
  .flatMap(({ file, text }) =>
    text
      .split(/^(?=export )/m)
      .filter((part) => part.startsWith("export "))
      .map((part) => ({ file, name: /(?:function|const)\s+(\w+)/.exec(part)?.[1] ?? part.slice(0, 40), text: part })),
  );

/** Pages whose actions are for people who are not signed in, or for both. */
const OPEN = /^(?:sign-in|sign-up|verify|locale|help|demo|forgot-password|reset-password)\b/;

describe("server actions", () => {
  it("are there to be judged", () => expect(actions.length).toBeGreaterThan(6));

  it.each(actions)("$file: $name is an async function that begins with its schema", ({ text }) => {
    const body = /^export async function \w+\([^)]*\)[^{]*\{\n([\s\S]*?)\n\}/.exec(text)?.[1] ?? "";
    const first = body.split("\n").find((line) => line.trim() !== "" && !line.trim().startsWith("//"));
    expect(first).toMatch(/\benter\(\w+, (?:form|_form)\b/);
  });

  it.each(actions.filter(({ file }) => !OPEN.test(file)))("$file: $name asks for the session", ({ name, text }) => {
    // Signing out needs none: it ends the one that is there, if there is one.
    expect(text).toMatch(name === "signOutAction" ? /endSession\(/ : /await requireSession\(/);
  });

  it("take nothing from around them: none is written inside a component, where it would close over values", () => {
    for (const { file, text } of files) if (/["']use server["']/.test(text)) expect(text.trimStart(), file).toMatch(/^["']use server["']/);
  });

  it("are not what a middleware guards: there is none", () => {
    for (const name of ["proxy.ts", "middleware.ts", "src/proxy.ts", "src/middleware.ts"])
      expect(() => readFileSync(join(root, name)), name).toThrow();
  });
});

describe("chance", () => {
  it("comes from the system's generator alone (OTP-01, A13)", () => {
    const sources = ["lib", "app", "components"].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((file) => /\.tsx?$/.test(file) && !/\.test\.ts$|generated/.test(file))
        .map((file) => ({ file: `${folder}/${file}`, text: readFileSync(join(root, folder, file), "utf8") })),
    );
    expect(sources.filter(({ text }) => /Math\.random/.test(text)).map(({ file }) => file)).toEqual([]);
  });
});
