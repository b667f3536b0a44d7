import { readFileSync } from "node:fs";
import { join } from "node:path";
import { table } from "../../lib/api/contract/table.ts";
import { root } from "../../scripts/machine/place.ts";

/** The pages, calls and actions from the build's manifests, so that tests attack new ones without a change here. */

const manifest = (path: string) => JSON.parse(readFileSync(join(root, ".next", path), "utf8")) as Record<string, unknown>;

const routes = () => Object.entries(manifest("app-path-routes-manifest.json") as Record<string, string>);

/** Returns the paths of all pages without Next's own error pages. */
export const pages = (): string[] =>
  routes().flatMap(([file, path]) => (file.endsWith("/page") && !path.startsWith("/_") ? [path.replace(/\[[^\]]+\]/g, "x")] : []));

/** The calls that the front door answers itself, from its table. */
const doorCalls = () => [...new Set(table.map(({ path }) => path.replace(/\{[^}]+\}/g, "x")))];

/** Returns the paths of all API calls and of Next's route handlers. */
export const calls = (): string[] => [
  ...doorCalls(),
  ...routes().flatMap(([file, path]) => (file.endsWith("/route") ? [path.replace(/\[\.\.\.[^\]]+\]|\[[^\]]+\]/g, "x")] : [])),
];

/** A server action: its id in requests, its export name, and the pages that accept it. */
export type Action = { id: string; name: string; file: string; pages: string[] };

type Reference = { workers: Record<string, unknown>; filename: string; exportedName: string };

/** Returns all server actions of the build. */
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

/** Returns the id of an action by its export name. */
export function actionId(name: string): string {
  const found = actions().find((action) => action.name === name);
  if (!found) throw new Error(`the build has no action ${name}`);
  return found.id;
}
