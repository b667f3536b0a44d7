import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/machine/place.ts";
import { freePort } from "../../scripts/machine/ports.ts";
import { APP_LOGIN, dropDatabase, loginUrl, newDatabase } from "../../scripts/test/cluster.ts";
import { testEnvironment } from "../../scripts/test/environment.ts";

/** A real server process like that of `npm start`, with a database of the test run. */
export type Instance = {
  url: string;
  port: number;
  pid: number;
  databaseUrl: string;
  log(): string;
  /** Sends SIGTERM, waits and returns the exit code. Drops the database if this instance created it. */
  stop(): Promise<number | null>;
  /** Sends SIGKILL and waits; the database stays for the next instance. */
  kill9(): Promise<void>;
};

export type InstanceOptions = {
  env?: Record<string, string>;
  /** An existing database (`instance.databaseUrl` of another); by default a new copy of the template. */
  databaseUrl?: string;
  /** The database login; in production by default the application's own. */
  login?: string;
  port?: number;
};

/** The PostgreSQL of this test run, set by the global setup. */
export function clusterUrl(): string {
  const url = process.env.E2E_CLUSTER_URL;
  if (!url) throw new Error("E2E_CLUSTER_URL is not set: the Playwright global setup has not run.");
  return url;
}

/** Returns the database URL for the mode in `env`: in production with the application's login, otherwise with the owner's. */
export const urlFor = (databaseUrl: string, env: Record<string, string>, login?: string): string => {
  const own = login ?? (env.SEKISHO_MODE === "production" ? APP_LOGIN : undefined);
  return own ? loginUrl(databaseUrl, own) : databaseUrl;
};

/** Starts a server with its own environment and, by default, its own database. */
export async function startInstance({ env = {}, databaseUrl, login, port }: InstanceOptions = {}): Promise<Instance> {
  const database = databaseUrl ?? (await newDatabase(clusterUrl()));
  const { child, log, port: chosen } = await spawnReady({ ...testEnvironment, ...env, DATABASE_URL: urlFor(database, env, login) }, port);
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  const end = async (signal: NodeJS.Signals) => {
    if (ended()) return;
    const exit = once(child, "exit");
    child.kill(signal);
    await exit;
  };
  return {
    url: `http://localhost:${chosen}`,
    port: chosen,
    pid: child.pid ?? 0,
    databaseUrl: database,
    log,
    stop: async () => {
      await end("SIGTERM");
      if (!databaseUrl) await dropDatabase(database);
      return child.exitCode;
    },
    kill9: () => end("SIGKILL"),
  };
}

/** Another test may have taken the free port; then another port is tried, unless the test fixed it. */
async function spawnReady(env: Record<string, string>, asked: number | undefined) {
  for (let tries = 1; ; tries += 1) {
    const port = asked ?? (await freePort());
    const { child, log } = spawnServer({ ...env, PORT: String(port) }, port);
    try {
      await ready(child, log);
      return { child, log, port };
    } catch (error) {
      if (asked !== undefined || tries === 3 || !String(error).includes("EADDRINUSE")) throw error;
    }
  }
}

function spawnServer(env: Record<string, string>, port: number) {
  const inherited = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", TMPDIR: process.env.TMPDIR ?? "" };
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", join(root, "scripts", "commands", "serve.ts")], {
    cwd: root,
    env: { ...inherited, NODE_ENV: "production", ...env },
    // Without the IPC channel the servers would outlive a killed test worker.
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  mkdirSync(join(root, ".data", "test-logs"), { recursive: true });
  const file = createWriteStream(join(root, ".data", "test-logs", `${port}.log`));
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      text += chunk;
      file.write(chunk);
    });
  }
  return { child, log: () => text };
}

function ready(child: ChildProcess, log: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail("was not ready within 60 s"), 60_000);
    const fail = (what: string) => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      reject(new Error(`The server ${what}:\n${log()}`));
    };
    child.once("exit", (code, signal) => fail(`ended with ${signal ?? code} before it was ready`));
    child.once("message", () => {
      clearTimeout(timer);
      child.removeAllListeners("exit");
      resolve();
    });
  });
}

/** The two standard servers on one database, for specs that need no instance of their own. */
export function standardPair(): { a: string; b: string; databaseUrl: string; pids: string[] } {
  const { E2E_URL_A: a = "", E2E_URL_B: b = "", E2E_DATABASE_URL: databaseUrl = "", E2E_PIDS = "" } = process.env;
  return { a, b, databaseUrl, pids: E2E_PIDS.split(",") };
}
