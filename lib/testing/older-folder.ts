import type * as fs from "node:fs";

/** The first migration that the folder does not show, so that `migrate` leaves a database as an earlier version did; null shows all. Tests only. */
export const folder: { ends: string | null } = { ends: null };

type Entry = string | { name: string };

function isShown(entry: Entry): boolean {
  const name = typeof entry === "string" ? entry : entry.name;
  return folder.ends === null || !/^\d{14}_/.test(name) || name < folder.ends;
}

/** `node:fs` with a `readdirSync` that leaves out what is not shown, for `vi.mock`. */
export function hiding(original: typeof fs): typeof fs {
  const read = original.readdirSync as unknown as (...args: unknown[]) => Entry[];
  const readdirSync = (...args: unknown[]) => read(...args).filter(isShown);
  return { ...original, readdirSync: readdirSync as unknown as typeof fs.readdirSync };
}
