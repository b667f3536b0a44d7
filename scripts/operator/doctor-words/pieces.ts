import type { Finding } from "../doctor.ts";

/** What the findings of both languages are put together from. */

/** Lines below a sentence, indented. */
export const indented = (lines: readonly string[]): string => lines.map((line) => `    ${line}`).join("\n");

/** The country and the provider of a stop, or `all` where it has neither. */
export const scopeOf = ({ country, provider }: Extract<Finding, { is: "stopped" }>, all: string): string =>
  [country, provider].filter((part) => part !== null).join(" ") || all;
