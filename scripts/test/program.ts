import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** An external program that a test runs: its output lines and its end. */
export type Program = {
  /** Complete lines of standard output and standard error so far. */
  lines: string[];
  /** Returns the first matching line from index `after` on; rejects with the output after 20 seconds. */
  line(pattern: RegExp, after?: number): Promise<string>;
  stop(signal?: NodeJS.Signals): Promise<void>;
};

const PATIENCE = 20_000;

/** The programs that still run; one listener ends them all, however many a test starts. */
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Starts a program; it is killed with its parent process. */
export function startProgram(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Program {
  // Debian installs some of them outside an ordinary user's PATH.
  const path = `${process.env.PATH}:/usr/sbin:/usr/lib/kannel/test`;
  const child: ChildProcess = spawn(command, args, {
    ...options,
    env: { ...process.env, ...options.env, PATH: path },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream?.setEncoding("utf8").on("data", (text: string) => {
      const parts = (rest + text).split("\n");
      rest = parts.pop() ?? "";
      lines.push(...parts);
    });
  }
  child.on("error", (error) => lines.push(String(error)));
  return {
    lines,
    async line(pattern, after = 0) {
      for (const until = Date.now() + PATIENCE; Date.now() < until; await sleep(10)) {
        const found = lines.slice(after).find((one) => pattern.test(one));
        if (found !== undefined) return found;
      }
      throw new Error(`${command} did not say ${pattern} but:\n${lines.slice(-30).join("\n")}`);
    },
    async stop(signal = "SIGKILL") {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, "exit");
      child.kill(signal);
      const last = setTimeout(() => child.kill("SIGKILL"), 5_000);
      await exit;
      clearTimeout(last);
    },
  };
}

/** Waits until a program listens on a port of this machine, for ten seconds. */
export async function listening(port: number, program: Program): Promise<void> {
  for (const until = Date.now() + 10_000; Date.now() < until; await sleep(20)) {
    const socket = connect(port, "127.0.0.1");
    const open = await new Promise<boolean>((resolve) => socket.once("connect", () => resolve(true)).once("error", () => resolve(false)));
    socket.destroy();
    if (open) return;
  }
  throw new Error(`nothing listens on ${port}:\n${program.lines.join("\n")}`);
}
