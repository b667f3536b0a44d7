import { readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** Returns the URL paths of the files in a folder, read once at start; empty without the folder. */
export function publicFilesIn(folder: string): ReadonlySet<string> {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
    return new Set(files.map((file) => `/${file.split(sep).map(encodeURIComponent).join("/")}`));
  } catch {
    return new Set();
  }
}
