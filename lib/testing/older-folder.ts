import type * as fs from "node:fs";

/** The names that the folder of migrations does not show, so that `migrate` leaves a database as an earlier version did. Tests only. */
export const hidden = new Set<string>();

type Entry = string | { name: string };

/** `node:fs` with a `readdirSync` that leaves out what is hidden, for `vi.mock`. */
export function hiding(original: typeof fs): typeof fs {
  const read = original.readdirSync as unknown as (...args: unknown[]) => Entry[];
  const readdirSync = (...args: unknown[]) => read(...args).filter((entry) => !hidden.has(typeof entry === "string" ? entry : entry.name));
  return { ...original, readdirSync: readdirSync as unknown as typeof fs.readdirSync };
}
