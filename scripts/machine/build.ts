import { createHash, type Hash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "./lock.ts";
import { root } from "./place.ts";
import { CommandRefusal } from "./refusal.ts";
import { actionKey } from "./secrets.ts";
import { run } from "./stop.ts";

const stamp = join(root, ".next", "sekisho-build");
const sources = [
  "package-lock.json",
  "next.config.js",
  "tsconfig.json",
  "postcss.config.mjs",
  "prisma/schema",
  "app",
  "components",
  "lib",
  "public",
];
/** Files that are generated from the schema or that only tests read. */
const irrelevant = (path: string) => path === "lib/db/generated" || path.endsWith(".test.ts") || path.endsWith(".md");

function addTo(hash: Hash, path: string) {
  const full = join(root, path);
  if (irrelevant(path) || !existsSync(full)) return;
  const entries = readdirSync(join(full, ".."), { withFileTypes: true });
  const directory = entries.find((entry) => entry.name === path.split("/").at(-1))?.isDirectory();
  if (!directory) return void hash.update(`${path}\0`).update(readFileSync(full)).update("\0");
  for (const name of readdirSync(full).sort()) addTo(hash, `${path}/${name}`);
}

function wanted(): string {
  const hash = createHash("sha256");
  for (const path of sources) addTo(hash, path);
  // A server with another key cannot open the sealed actions of a page, so a new key requires a new build.
  return hash.update(actionKey()).digest("hex");
}

const current = (hash: string) => existsSync(stamp) && readFileSync(stamp, "utf8") === hash;

/** Builds the site unless a build of exactly these sources exists. */
export async function ensureBuild() {
  if (current(wanted())) return;
  await withLock("build", "Another start of this clone is building the site; waiting for it.", async () => {
    const hash = wanted();
    if (current(hash)) return;
    console.log("Building the site; this takes a minute and happens only after a change …");
    rmSync(stamp, { force: true });
    // A build must contain no secret and no database URL, because it may be copied to other machines.
    const { DATABASE_URL: _, DATABASE_OWNER_URL: __, APP_KEYS: ___, ...rest } = process.env;
    const env = { ...rest, NODE_ENV: "production" as const, NEXT_TELEMETRY_DISABLED: "1", NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: actionKey() };
    const code = await run(process.execPath, [join(root, "node_modules", "next", "dist", "bin", "next"), "build"], { cwd: root, env });
    if (code !== 0) throw new CommandRefusal("The site could not be built; the reason is above. Nothing is left running.");
    writeFileSync(stamp, hash);
  });
}
