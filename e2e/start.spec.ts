import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { root } from "../scripts/machine/place.ts";
import { freePort } from "../scripts/machine/ports.ts";
import { standardPair, startInstance } from "./support/server.ts";

async function start(env: Record<string, string>) {
  const child = spawn(process.execPath, [join(root, "scripts", "run.mjs"), "serve"], { cwd: root, env: { ...process.env, ...env } });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk));
  const [code] = (await once(child, "exit")) as [number | null];
  return { code, said };
}

test("A taken port is told with what to do, and ends the command.", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as { port: number };
  const { code, said } = await start({ PORT: String(port), DATABASE_URL: standardPair().databaseUrl });
  other.close();
  expect(code).toBe(1);
  expect(said).toContain(`Port ${port} is taken`);
  expect(said).toContain("npm start");
  expect(said).not.toContain("    at ");
});

test("A database that is not there is told without a stack or a password.", async () => {
  const { code, said } = await start({ PORT: String(await freePort()), DATABASE_URL: "postgres://nobody:hidden-word@127.0.0.1:9/none" });
  expect(code).toBe(1);
  expect(said).toMatch(/database/i);
  expect(said).not.toContain("hidden-word");
});

test("Secrets are readable by their owner alone.", () => {
  expect(statSync(join(root, ".data")).mode & 0o077).toBe(0);
  // A clone that was only tested has no secrets of its own yet.
  const kept = readdirSync(join(root, ".data")).filter((name) => ["secrets.env", "action.key"].includes(name));
  expect(kept.filter((name) => statSync(join(root, ".data", name)).mode & 0o077)).toEqual([]);
});

test("SIGTERM ends a server with exit code 0 and frees its port.", async () => {
  const instance = await startInstance({ databaseUrl: standardPair().databaseUrl });
  expect(await instance.stop()).toBe(0);
  const again = createServer().listen(instance.port, "127.0.0.1");
  await once(again, "listening");
  again.close();
});
