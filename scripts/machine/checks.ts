import { existsSync } from "node:fs";
import { join } from "node:path";
import { ensureClient } from "./client.ts";
import { root } from "./place.ts";
import { run } from "./stop.ts";

const bin = (...path: string[]) => join(root, "node_modules", ...path);

/** Checks all types. It first generates Next's declarations and the database client, and needs no build. */
export async function types(): Promise<boolean> {
  await ensureClient();
  const next = [bin("next", "dist", "bin", "next"), "typegen"];
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1" };
  if (
    existsSync(join(root, "app")) &&
    (await run(process.execPath, next, { cwd: root, env, stdio: ["ignore", "ignore", "inherit"] })) !== 0
  )
    return false;
  return (await run(process.execPath, [bin("typescript", "bin", "tsc"), "--noEmit"], { cwd: root })) === 0;
}

/** Checks the format and lint rules of all files. */
export async function lint(): Promise<boolean> {
  return (await run(process.execPath, [bin("@biomejs", "biome", "bin", "biome"), "check", "--error-on-warnings"], { cwd: root })) === 0;
}
