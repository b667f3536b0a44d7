import { type Logger, pino } from "pino";
import { env } from "#lib/env";
import { singleton } from "#lib/singleton";

/**
 * All fields that a log line may have; none is for a code, number, password, token, cookie or body. Other names are dropped at run time,
 * and text that looks like a secret is masked.
 */
export interface LogFields {
  id?: string;
  reference?: string;
  method?: string;
  /** Without its query, which may hold a token. */
  path?: string;
  status?: number;
  ms?: number;
  event?: string;
  state?: string;
  reason?: string;
  outcome?: string;
  count?: number;
  port?: number;
  host?: string;
  /** Address of a proxy. */
  peer?: string;
  signal?: string;
  job?: string;
  pool?: string;
  jobId?: string;
  attempt?: number;
  provider?: string;
  channel?: string;
  country?: string;
  purpose?: string;
  migration?: string;
  challengeId?: string;
  messageId?: string;
  /** The head of the audit log: a position and a MAC. */
  head?: string;
  error?: unknown;
  err?: unknown;
}

const TEXT = "method path event state reason outcome host signal job pool provider channel country purpose migration peer".split(" ");
const IDS = "id reference jobId challengeId messageId".split(" ");
const NUMBERS = "status ms count port attempt".split(" ");
const LONGEST = 1000;

/** Masks what could be a secret in a text: quoted input, e-mail addresses and URL credentials, codes and phone numbers, long random tokens. */
export function mask(text: string): string {
  return (
    text
      .slice(0, LONGEST)
      // The engine quotes the beginning of text that it cannot parse, which can be user input.
      .replace(/"[^\n]*(?= is not valid JSON)/g, '"…"')
      .replace(/\S+@\S+/g, "[address]")
      // The token of an invitation is part of its path.
      .replace(/(?<=\/invite\/)[\w-]+/g, "[token]")
      .replace(/(?=[\w+=-]*\d)[\w+=-]{28,}/g, "[token]")
      .replace(/\+?\d(?:[\s().-]?\d){5,}/g, (digits) => (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(digits) ? digits : "[number]"))
  );
}

function described(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error, message: mask(String(error)) };
  const { code: errno, digest } = error as { code?: unknown; digest?: unknown };
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return {
    name: error.name,
    message: mask(error.message),
    ...(typeof errno === "string" && /^[A-Z][A-Z0-9_]{2,40}$/.test(errno) ? { errno } : {}),
    // The reference that the framework's error page shows.
    ...(typeof digest === "string" && /^\w{1,40}$/.test(digest) ? { digest } : {}),
    frames: frames.slice(0, 12).map((line) => line.trim().slice(0, 200)),
    ...(error.cause !== undefined && depth < 2 ? { cause: described(error.cause, depth + 1) } : {}),
  };
}

/** The fields of a line as they may be written; exported for its tests. */
export function allowed(fields: LogFields): Record<string, unknown> {
  const line: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === "string" && TEXT.includes(name)) line[name] = mask(value);
    else if (typeof value === "string" && IDS.includes(name) && /^[\w:.-]{1,64}$/.test(value)) line[name] = value;
    else if (name === "head" && typeof value === "string" && /^\d{1,19}:[0-9a-f]{64}$/.test(value)) line[name] = value;
    else if (typeof value === "number" && NUMBERS.includes(name)) line[name] = value;
    else if ((name === "error" || name === "err") && value !== undefined) line.error = described(value);
  }
  return line;
}

// A closed reader (EPIPE) or a full disk (ENOSPC) loses lines but does not end the process: process.stdout reports both as events.
const stdout = {
  write(line: string): void {
    try {
      process.stdout.write(line);
    } catch {}
  },
};

/** Building loads this file without a configuration. */
function level(): string {
  try {
    return env().LOG_LEVEL;
  } catch {
    return "info";
  }
}

function open(): Logger {
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
  const formatters = { level: (label: string) => ({ level: label }) };
  return pino({ level: level(), base: undefined, timestamp: pino.stdTimeFunctions.isoTime, formatters }, stdout);
}

function write(level: "debug" | "info" | "warn" | "error", fields: LogFields, message: string): void {
  const logger = singleton("log", open);
  if (logger.isLevelEnabled(level)) logger[level](allowed(fields), mask(message));
}

/** The log: JSON lines on stdout (RE, ASVS 16.2). A failure to write a line never throws. */
export const log = {
  debug: (fields: LogFields, message: string) => write("debug", fields, message),
  info: (fields: LogFields, message: string) => write("info", fields, message),
  warn: (fields: LogFields, message: string) => write("warn", fields, message),
  error: (fields: LogFields, message: string) => write("error", fields, message),
};

/** Disables the log in this process, for commands that print sentences to their operator. */
export function silenceLog(): void {
  singleton("log", open).level = "silent";
}
