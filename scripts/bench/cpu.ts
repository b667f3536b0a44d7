import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

type Process = { pid: number; parent: number; ticks: number };

/** Processor times come from Linux's /proc; other systems report none. */
export const canMeasureCpu = existsSync("/proc/self/stat");

function processes(): Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid): Process[] => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        // The process name stands in brackets and may contain spaces; the state, the parent and, from field 12 on, the times follow it (proc(5)).
        const fields = stat
          .slice(stat.lastIndexOf(")") + 2)
          .split(" ")
          .map(Number);
        const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + (fields[at] ?? 0), 0);
        return [{ pid: Number(pid), parent: fields[1] ?? 0, ticks }];
      } catch {
        return [];
      }
    });
}

let ticksPerSecond = 0;

/** Returns the processor milliseconds used by a process and all its descendants, ended ones included; NaN without /proc. */
export function cpuOf(root: number): number {
  if (!canMeasureCpu) return Number.NaN;
  ticksPerSecond ||= Number(execFileSync("getconf", ["CLK_TCK"]).toString());
  const all = processes();
  const tree = new Set([root]);
  for (let size = 0; size !== tree.size; ) {
    size = tree.size;
    for (const { pid, parent } of all) if (tree.has(parent)) tree.add(pid);
  }
  const ticks = all.filter(({ pid }) => tree.has(pid)).reduce((sum, one) => sum + one.ticks, 0);
  return (ticks * 1000) / ticksPerSecond;
}
