import { readFileSync } from "node:fs";
import { join } from "node:path";
import { table } from "../../lib/api/contract/table.ts";
import { root } from "../../scripts/machine/place.ts";

/** What the build exposes, read from its own manifests: a new page, call or action is attacked without being added here. */

const manifest = (path: string) => JSON.parse(readFileSync(join(root, ".next", path), "utf8")) as Record<string, unknown>;

const routes = () => Object.entries(manifest("app-path-routes-manifest.json") as Record<string, string>);

/** The paths of all pages, without those that Next keeps for errors. */
export const pages = (): string[] =>
  routes().flatMap(([file, path]) => (file.endsWith("/page") && !path.startsWith("/_") ? [path.replace(/\[[^\]]+\]/g, "x")] : []));

/** The calls that the door answers itself, as its table names them. */
const doorCalls = () => [...new Set(table.map(({ path }) => path.replace(/\{[^}]+\}/g, "x")))];

/** The paths of all calls of the API and of Next's route handlers. */
export const calls = (): string[] => [
  ...doorCalls(),
  ...routes().flatMap(([file, path]) => (file.endsWith("/route") ? [path.replace(/\[\.\.\.[^\]]+\]|\[[^\]]+\]/g, "x")] : [])),
];

/** A server action: its id on the wire, the name its file exports, and the pages it may be sent to. */
export type Action = { id: string; name: string; file: string; pages: string[] };

type Reference = { workers: Record<string, unknown>; filename: string; exportedName: string };

/** All server actions of the build. */
export function actions(): Action[] {
  const { node } = manifest("server/server-reference-manifest.json") as { node: Record<string, Reference> };
  return Object.entries(node).map(([id, { workers, filename, exportedName }]) => ({
    id,
    name: exportedName,
    file: filename,
    pages: Object.keys(workers)
      .map((worker) => worker.replace(/^app|\/page$/g, "") || "/")
      .filter((path) => !path.includes("_")),
  }));
}

/** The id of an action by its exported name. */
export function actionId(name: string): string {
  const found = actions().find((action) => action.name === name);
  if (!found) throw new Error(`the build has no action ${name}`);
  return found.id;
}
