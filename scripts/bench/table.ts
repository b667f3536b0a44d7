import type { Times } from "./journeys.ts";

type Percentiles = { p50: number; p95: number; p99: number };

const at = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
const rounded = (value: number) => Math.round(value * 100) / 100;

export function percentiles(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b);
  return { p50: rounded(at(sorted, 0.5)), p95: rounded(at(sorted, 0.95)), p99: rounded(at(sorted, 0.99)) };
}

/** Returns the percentiles of each step that the journeys have. */
export function steps(times: readonly Times[]): Partial<Record<keyof Times, Percentiles>> {
  const names = Object.keys(times[0] ?? {}) as (keyof Times)[];
  return Object.fromEntries(names.map((name) => [name, percentiles(times.map((one) => one[name] ?? Number.NaN))]));
}

/** Formats rows as a table with the first column aligned left. */
export function formatTable(rows: readonly (readonly (string | number)[])[]): string {
  const texts = rows.map((row) => row.map((cell) => (typeof cell === "number" ? String(rounded(cell)) : cell)));
  const widths = (texts[0] ?? []).map((_, column) => Math.max(...texts.map((row) => (row[column] ?? "").length)));
  return texts
    .map((row) => row.map((cell, column) => (column ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join("  "))
    .join("\n");
}
