import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

// Every server action checks its own input and session in its first lines, because no middleware stands before it (WB-01, WB-05, I01, L07).

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

/** Actions without a tie, each with its reason; every other action is tied to the challenge or session of its form (WB-12). */
const UNTIED: Record<string, string> = {
  signUpAction: "opens a new challenge, whatever the browser has",
  signInWithAction: "begins a sign-in elsewhere, whatever the browser has",
  signInAction: "opens a new challenge, whatever the browser has",
  forgotPasswordAction: "opens a new challenge, whatever the browser has",
  stopAction: "acts by the reference and the code of a notice, which name the account; its browser may be anyone's",
  undoAction: "acts by the reference and the code of a notice and the password, which name the account; its browser may be anyone's",
  caseStatusAction: "reads a request by its reference and its code, which name it; its browser may be anyone's",
  signOutAction: "ends the session that the browser has, whichever page asks for it",
  setLocaleAction: "is this browser's own choice; what it writes to an account asks for the tie itself",
};

const firstLineOf = (text: string) => {
  const body = /^export async function \w+\([^)]*\)[^{]*\{\n([\s\S]*?)\n\}/.exec(text)?.[1] ?? "";
  return body.split("\n").find((line) => line.trim() !== "" && !line.trim().startsWith("//")) ?? "";
};

describe("Server actions", () => {
  it("are there to be judged", () => expect(actions.length).toBeGreaterThan(6));

  const tieOf = (text: string) =>
    /^ {2}return (?:submit|press)\(\{ schema(?:: [\w.]+)?, tie: (\w+),(?: previous,)? form \}, /.exec(firstLineOf(text))?.[1];

  it.each(actions)("$file: $name is an async function that begins with its schema and its tie", ({ name, text }) => {
    const untied = ["untied", "begins", "ofSessionOrVisitor"];
    const tied = ["ofChallenge", "ofSession", "ofEnrollingSession", "ofUnsavedSession"];
    expect(name in UNTIED ? untied : tied).toContain(tieOf(text));
  });

  it("hand what they are tied to on to the use case: the challenge's id, or the session that was found", () => {
    for (const { name, text } of actions) {
      if (tieOf(text) === "ofChallenge")
        expect(text, name).toMatch(/, \{ token, drawnFor(?:, requester)? \}\) =>[\s\S]*\bdrawnFor\b[^}]*\}(?:, requester)?\)/);
      if (/^of(?:Unsaved)?Session$/.test(tieOf(text) ?? ""))
        expect(text, name).toMatch(/\bsession\.user\.id|\bactingOf\(session\)|\(session, requester\)/);
      expect(/challengeToken\(|currentSession\(|requireSession\(/.test(text), name).toBe(false);
    }
  });

  it("name no exemption that does not exist", () =>
    expect(actions.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(UNTIED))));

  it("that write an account's language ask which session the form was drawn for", () =>
    expect(tieOf(actions.find(({ name }) => name === "setLocaleAction")?.text ?? "")).toBe("ofSessionOrVisitor"));

  it("take nothing from around them: none is written inside a component, where it would close over values", () => {
    for (const { file, text } of files) if (/["']use server["']/.test(text)) expect(text.trimStart(), file).toMatch(/^["']use server["']/);
  });

  it("are not what a middleware guards: there is none", () => {
    for (const name of ["proxy.ts", "middleware.ts", "src/proxy.ts", "src/middleware.ts"])
      expect(() => readFileSync(join(root, name)), name).toThrow();
  });
});

describe("Chance", () => {
  it("comes from the system's generator alone (OTP-01, A13)", () => {
    const sources = ["lib", "app", "components"].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((file) => /\.tsx?$/.test(file) && !/\.test\.ts$|generated/.test(file))
        .map((file) => ({ file: `${folder}/${file}`, text: readFileSync(join(root, folder, file), "utf8") })),
    );
    expect(sources.filter(({ text }) => /Math\.random/.test(text)).map(({ file }) => file)).toEqual([]);
  });
});
