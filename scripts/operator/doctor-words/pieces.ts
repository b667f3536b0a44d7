import type { Finding } from "../doctor.ts";

/** Text pieces that the findings of both languages share. */

/** Indents lines below a sentence. */
export const indented = (lines: readonly string[]): string => lines.map((line) => `    ${line}`).join("\n");

/** Returns the country and the provider of a stop, or `all` if it has neither. */
export const scopeOf = ({ country, provider }: Extract<Finding, { is: "stopped" }>, all: string): string =>
  [country, provider].filter((part) => part !== null).join(" ") || all;
