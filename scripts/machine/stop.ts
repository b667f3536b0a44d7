import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { explain } from "./refusal.ts";

const undo: (() => Promise<void>)[] = [];
const children = new Set<ChildProcess>();
let stopping: Promise<never> | undefined;

/** Registers an action to run when this process stops; the last registered runs first. */
export function onStop(action: () => Promise<void>) {
  undo.push(action);
}

/** Runs all stop actions once, even if called several times, and ends the process. */
export function stopAll(code: number): Promise<never> {
  stopping ??= (async () => {
    for (const child of children) child.kill("SIGTERM");
    for (const action of undo.reverse()) {
      await action().catch((error) => {
        console.error(explain(error));
        code ||= 1;
      });
    }
    process.exit(code);
  })();
  return stopping;
}

/**
 * Runs a command until it is done or a signal arrives; every signal is a clean stop with exit code 0. A closed IPC channel also stops it: the
 * parent process was killed and can send no signal later.
 */
export async function untilStopped(work: () => Promise<void>) {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void stopAll(0));
  if (process.connected) process.on("disconnect", () => void stopAll(0));
  try {
    await work();
  } catch (error) {
    // During the stop, running work fails because its database or child has ended; this is not reported.
    if (!stopping) console.error(`\n${explain(error)}\n`);
    await stopAll(1);
  }
}

/** Runs a child to its end and returns its exit code; the stop of this process also stops it. */
export function run(command: string, args: string[], options: SpawnOptions = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: "inherit", ...options });
    children.add(child);
    child.on("error", reject);
    child.on("exit", (code) => {
      children.delete(child);
      resolve(code ?? 1);
    });
  });
}
