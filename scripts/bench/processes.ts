import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../machine/place.ts";
import { freePort } from "../machine/ports.ts";
import { onStop } from "../machine/stop.ts";
import { newDatabase, openTestCluster } from "../test/cluster.ts";
import type { Postgres } from "../test/distribution.ts";
import { testEnvironment } from "../test/environment.ts";
import type { Done, Order } from "./load.ts";

export type Bench = {
  url: string;
  server: number;
  postgres: number;
  load(order: Order): Promise<Done>;
  databaseUrl: string;
  /** Creates an empty database on the same cluster. */
  another(): Promise<string>;
};

export const benchEnvironment = { ...testEnvironment, SEKISHO_LIMITS: "bench", LOG_LEVEL: "warn" };

type Choice = {
  profile?: string | undefined;
  postgres: Postgres;
  /** Works on the database before its server starts. */
  before?: (databaseUrl: string) => Promise<void>;
};

/** Starts a durable database, the built server and the load generator as three process trees. */
export async function startBench({ profile, postgres, before }: Choice): Promise<Bench> {
  const { url: maintenance, cluster, close } = await openTestCluster({ durable: true, postgres });
  onStop(close);
  const port = String(await freePort());
  const env = { ...benchEnvironment, NODE_ENV: "production", PORT: port, DATABASE_URL: await newDatabase(maintenance) };
  await before?.(env.DATABASE_URL);
  const flags = profile ? ["--cpu-prof", `--cpu-prof-dir=${profile}`] : [];
  const server = child("commands/serve.ts", env, flags);
  await messageFrom(server);
  const load = child("bench/load.ts", {}, []);
  return {
    url: `http://localhost:${port}`,
    databaseUrl: env.DATABASE_URL,
    another: () => newDatabase(maintenance),
    server: server.pid ?? 0,
    postgres: Number(readFileSync(join(cluster.folder, "data", "postmaster.pid"), "utf8").split("\n")[0]),
    load: async (order) => {
      load.send(order);
      const { done, error } = (await messageFrom(load)) as { done?: Done; error?: string };
      if (!done) throw new Error(error);
      return done;
    },
  };
}

/** Starts a process of the benchmark with its own environment; it ends with the benchmark. */
export function child(file: string, env: Record<string, string>, flags: string[] = []): ChildProcess {
  const { PATH = "", HOME = "", TMPDIR = "" } = process.env;
  const args = [...flags, "--disable-warning=ExperimentalWarning", join(root, "scripts", file)];
  const started = spawn(process.execPath, args, {
    cwd: root,
    env: { NODE_ENV: "production", PATH, HOME, TMPDIR, ...env },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  onStop(async () => {
    if (started.exitCode !== null || started.signalCode !== null) return;
    const exit = once(started, "exit");
    started.kill("SIGTERM");
    await exit;
  });
  return started;
}

/** Returns the next message of a child; rejects when the child ends first. */
export function messageFrom(from: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error("a process of the benchmark ended by itself"));
    from.once("exit", ended);
    from.once("message", (value) => {
      from.off("exit", ended);
      resolve(value);
    });
  });
}
