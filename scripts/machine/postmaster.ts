import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "./cluster.ts";
import { CommandRefusal } from "./refusal.ts";

type Postmaster = { pid: number; port: number; status: string };

function read(file: string): Postmaster | undefined {
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, "utf8").split("\n");
  return { pid: Number(lines[0]), port: Number(lines[3]), status: (lines[7] ?? "").trim() };
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function commandLine(pid: number): string {
  try {
    if (process.platform === "linux") return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)]).toString();
  } catch {
    return "";
  }
}

/**
 * After a crash or a container restart another process may have the recorded pid, and PostgreSQL would refuse to start. Only the pid is replaced,
 * by one that has just ended: PostgreSQL needs the rest of the file to detect old backends that still hold its shared memory.
 */
function disown(file: string) {
  const ended = spawnSync(process.execPath, ["--version"]).pid;
  writeFileSync(file, readFileSync(file, "utf8").replace(/^-?\d+/, String(ended)));
}

/**
 * Returns the port of the cluster's own server once it accepts connections, otherwise undefined. Another server on the same port is never accepted.
 */
export async function runningPort(cluster: Cluster): Promise<number | undefined> {
  const data = join(cluster.folder, "data");
  const file = join(data, "postmaster.pid");
  for (const end = Date.now() + 120_000; Date.now() < end; await sleep(100)) {
    const server = read(file);
    if (!server || !alive(server.pid)) return undefined;
    if (!commandLine(server.pid).includes(data)) {
      disown(file);
      return undefined;
    }
    if (server.status === "ready") return server.port;
  }
  throw new CommandRefusal(
    `The bundled database in ${cluster.folder} has been starting or stopping for two minutes.\nIts log is in ${join(data, "log")}.`,
  );
}
