import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { matrix, type StaffAct } from "#lib/staff/matrix";

// Every page, route and action of the console names an act of the matrix: pages in their first line, actions by the use case that they run. What is
// added without one fails here (J01, ASVS 8.2.1).

const acts = Object.keys(matrix) as StaffAct[];
const read = (file: string) => ({ file: file.replaceAll("\\", "/"), text: readFileSync(file, "utf8") });
const inConsole = globSync("app/admin/**/*.{ts,tsx}").map(read);

/** The step-up of a session that the console is closed to: it judges the role itself, and shows nothing. */
const ENTRANCE = "app/admin/enter/page.tsx";

const pages = inConsole.filter(({ file }) => file.endsWith("/page.tsx") && file !== ENTRANCE);
const routes = inConsole.filter(({ file }) => file.endsWith("/route.ts") || file.endsWith("/route.tsx"));
const actions = inConsole
  .filter(({ text }) => /^["']use server["']/m.test(text))
  .flatMap(({ file, text }) =>
    text
      .split(/^(?=export )/m)
      .filter((part) => part.startsWith("export "))
      .map((part) => ({ file, name: /function (\w+)/.exec(part)?.[1] ?? "", text: part, imports: text })),
  );

const isAct = (name: string | undefined): name is StaffAct => acts.some((act) => act === name);

/** Acts that a text names: whole, or as `subject.${act}` for every act of a subject but its reading. */
function actsIn(text: string): string[] {
  const whole = [...text.matchAll(/\bact: "([\w.]+)"/g)].map(([, act = ""]) => act);
  const subjects = [...text.matchAll(/\bact: `(\w+)\.\$\{act\}`/g)].map(([, subject = ""]) => subject);
  return [...whole, ...subjects.flatMap((subject) => acts.filter((act) => act.startsWith(`${subject}.`) && !act.endsWith(".read")))];
}

/** The exported functions of lib/console that begin with the guard, with the acts that each names. */
const useCases = new Map<string, string[]>(
  globSync("lib/console/*.ts")
    .map(read)
    .filter(({ file }) => !file.endsWith(".test.ts"))
    .flatMap(({ text }) => text.split(/^(?=export )/m))
    .filter((part) => /\b(?:actAsStaff|requireStaff)\(/.test(part))
    .map((part) => [/(?:function|const) (\w+)/.exec(part)?.[1] ?? "", actsIn(part)]),
);

describe("The console", () => {
  it("has pages, actions and guarded use cases to judge", () => {
    expect(pages.length).toBeGreaterThan(2);
    expect(actions.length).toBeGreaterThan(3);
    expect(useCases.size).toBeGreaterThan(3);
  });

  it.each(pages)("$file begins with the guard of its act", ({ text }) => {
    const body = /export default async function \w+\([^)]*\)[^{]*\{\n([^\n]*)\n/.exec(text)?.[1] ?? "";
    expect(isAct(/await requireStaffPage\("([\w.]+)"\)/.exec(body)?.[1]), body).toBe(true);
  });

  it("guards every route", () => {
    for (const { file, text } of routes)
      expect([file, isAct(/(?:requireStaffPage|staffWatches)\("([\w.]+)"/.exec(text)?.[1]) || usesOf(text).length > 0]).toEqual([
        file,
        true,
      ]);
  });

  const usesOf = (text: string) => [...useCases].filter(([name]) => new RegExp(`\\b${name}\\(`).test(text));

  it.each(actions)("$file: $name runs a use case whose guard names an act of the matrix", ({ text }) => {
    const named = usesOf(text).flatMap(([, list]) => list);
    expect(named.length).toBeGreaterThan(0);
    for (const act of named) expect(isAct(act), act).toBe(true);
  });

  it("has no guarded use case without an act of the matrix", () => {
    for (const [name, list] of useCases) {
      expect([name, list.length > 0]).toEqual([name, true]);
      for (const act of list) expect([name, isAct(act)]).toEqual([name, true]);
    }
  });

  it("plays every act that a use case names with every role", () => {
    const plays = readFileSync("lib/console/matrix.db.test.ts", "utf8");
    const named = new Set([...useCases.values()].flat());
    expect([...named].filter((act) => !new RegExp(`^ {2}"${act}": `, "m").test(plays))).toEqual([]);
  });
});
