import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startCluster, stopCluster } from "../../scripts/machine/cluster.ts";
import { newDatabase, openTestCluster } from "../../scripts/test/cluster.ts";
import { type Instance, startInstance } from "./server.ts";

/** An instance with its own PostgreSQL, which a test can stop and restart. */
export type Outage = {
  server: Instance;
  /** Stops the database immediately, like a crash. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Freezes the database: it accepts connections but does not answer. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
};

export async function openOutage(env: Record<string, string> = {}): Promise<Outage> {
  // Durable, because a crash must not lose acknowledged commits.
  const { url, cluster, port, close } = await openTestCluster({ durable: true });
  const databaseUrl = await newDatabase(url);
  const server = await startInstance({ databaseUrl, env }).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  let frozen: number[] = [];
  const thaw = () => {
    for (const pid of frozen) signal(pid, "SIGCONT");
    frozen = [];
  };
  return {
    server,
    stop: () => stopCluster(cluster, "immediate"),
    start: () => startCluster(cluster, port),
    freeze: () => {
      const postmaster = Number(readFileSync(join(cluster.folder, "data", "postmaster.pid"), "utf8").split("\n")[0]);
      // The postmaster first, so that it starts no new child processes.
      signal(postmaster, "SIGSTOP");
      frozen = [postmaster, ...childrenOf(postmaster)];
      for (const pid of frozen) signal(pid, "SIGSTOP");
    },
    thaw,
    close: async () => {
      thaw();
      await server.stop();
      await close();
    },
  };
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function childrenOf(parent: number): number[] {
  const table = existsSync("/proc/self/stat") ? fromProc() : fromPs();
  return table.filter(([, ppid]) => ppid === parent).map(([pid]) => pid);
}

type Row = readonly [pid: number, ppid: number];

function fromProc(): Row[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid): Row[] => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        return [[Number(pid), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1])]];
      } catch {
        return [];
      }
    });
}

const fromPs = (): Row[] =>
  execFileSync("ps", ["-A", "-o", "pid=,ppid="])
    .toString()
    .trim()
    .split("\n")
    .map((line) => {
      const [pid = 0, ppid = 0] = line.trim().split(/\s+/).map(Number);
      return [pid, ppid] as const;
    });
