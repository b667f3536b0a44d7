import type { Times } from "./journeys.ts";

type Percentiles = { p50: number; p95: number; p99: number };

const at = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
const rounded = (value: number) => Math.round(value * 100) / 100;

export function percentiles(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b);
  return { p50: rounded(at(sorted, 0.5)), p95: rounded(at(sorted, 0.95)), p99: rounded(at(sorted, 0.99)) };
}

/** Returns the percentiles of each step over all journeys. */
export function steps(times: readonly Times[]): Record<keyof Times, Percentiles> {
  const of = (step: keyof Times) => percentiles(times.map((one) => one[step]));
  return {
    "sign-in": of("sign-in"),
    text: of("text"),
    verify: of("verify"),
    session: of("session"),
    total: of("total"),
    delivery: of("delivery"),
  };
}

/** Formats rows as a table with the first column aligned left. */
export function formatTable(rows: readonly (readonly (string | number)[])[]): string {
  const texts = rows.map((row) => row.map((cell) => (typeof cell === "number" ? String(rounded(cell)) : cell)));
  const widths = (texts[0] ?? []).map((_, column) => Math.max(...texts.map((row) => (row[column] ?? "").length)));
  return texts
    .map((row) => row.map((cell, column) => (column ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join("  "))
    .join("\n");
}
