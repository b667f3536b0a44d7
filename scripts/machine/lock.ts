import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { dataFolder } from "./place.ts";

const BUSY = 5;

/**
 * Runs an action while no other process of this clone runs one with the same name. SQLite's exclusive transaction holds a kernel lock, which a
 * killed process cannot leave behind.
 */
export async function withLock<T>(name: string, waiting: string, action: () => Promise<T>): Promise<T> {
  const file = new DatabaseSync(join(dataFolder(), `${name}.lock`));
  for (let waited = 0; !taken(file); waited += 100) {
    if (waited === 500) console.log(waiting);
    await sleep(100);
  }
  try {
    return await action();
  } finally {
    file.close();
  }
}

function taken(file: DatabaseSync): boolean {
  try {
    file.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === BUSY) return false;
    throw error;
  }
}
