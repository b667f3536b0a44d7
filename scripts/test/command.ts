import { type ChildProcess, spawn } from "node:child_process";

/** Runs an operator's command as `npm run` does, against the database of a test file. */

export type Ran = { code: number | null; out: string };

/** A command under way: its process, what it has printed so far, and its end. */
export type Running = { child: ChildProcess; said(): string; ended: Promise<Ran> };

export function start(command: string, args: string[], more: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", `scripts/commands/${command}.ts`, ...args], {
    env: { ...process.env, LC_ALL: "", LC_MESSAGES: "", LANG: "en_US.UTF-8", NODE_ENV: "production", LOG_LEVEL: "debug", ...more },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (part: Buffer) => (out += part));
  const ended = new Promise<Ran>((resolve, reject) => child.once("error", reject).once("close", (code) => resolve({ code, out })));
  return { child, said: () => out, ended };
}

export const command = (name: string, args: string[], more: Record<string, string> = {}): Promise<Ran> => start(name, args, more).ended;

/** The language of a Japanese terminal. */
export const JAPANESE = { LANG: "ja_JP.UTF-8" };

/** Words of libraries, stacks and log lines, which must not appear in an operator's terminal. */
export const FOREIGN = /Invalid (?:input|option|string)|Unknown option|SyntaxError|ZodError|\bat \w+ \(|^\{"level.*\}$/m;
