import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "./lock.ts";
import { root } from "./place.ts";
import { CommandRefusal } from "./refusal.ts";
import { run } from "./stop.ts";

const target = join(root, "lib", "db", "generated");
const stamp = join(target, ".stamp");

function wanted(): string {
  const hash = createHash("sha256");
  const schema = readdirSync(join(root, "prisma", "schema")).sort();
  for (const file of [...schema.map((name) => `prisma/schema/${name}`), "node_modules/prisma/package.json"])
    hash.update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

const current = () => existsSync(stamp) && readFileSync(stamp, "utf8") === wanted();

/** Generates the database client if it is missing or older than the schema. */
export async function ensureClient() {
  if (current()) return;
  await withLock("client", "Another start of this clone is generating the database client; waiting for it.", async () => {
    if (current()) return;
    console.log("Generating the database client …");
    // Prisma downloads a schema engine unless the variable names an existing file; generation never runs it, so any program will do.
    const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: "1", CHECKPOINT_DISABLE: "1" };
    const args = [join(root, "node_modules", "prisma", "build", "index.js"), "generate", "--no-hints"];
    const code = await run(process.execPath, args, { cwd: root, env, stdio: ["ignore", "ignore", "inherit"] });
    if (code !== 0) throw new CommandRefusal("The database client could not be generated from prisma/schema; the reason is above.");
    writeFileSync(stamp, wanted());
  });
}
