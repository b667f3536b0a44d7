import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { explain } from "./refusal.ts";

const undo: (() => Promise<void>)[] = [];
const children = new Set<ChildProcess>();
let stopping: Promise<never> | undefined;

/** Remembers what has to be undone when this process stops; last in, first out. */
export function onStop(action: () => Promise<void>) {
  undo.push(action);
}

/** Undoes everything once, however often it is asked for, and ends the process. */
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
 * Runs a command until it is done or a signal comes; every way of stopping is a clean one with exit code 0.
 * A closed IPC channel means that the process that started us was killed: nobody is left to stop us later.
 */
export async function untilStopped(work: () => Promise<void>) {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void stopAll(0));
  if (process.connected) process.on("disconnect", () => void stopAll(0));
  try {
    await work();
  } catch (error) {
    // While stopping, what is under way fails because its database or child is gone; that is no news.
    if (!stopping) console.error(`\n${explain(error)}\n`);
    await stopAll(1);
  }
}

/** Runs a child to its end and answers its exit code; it is stopped with us. */
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
