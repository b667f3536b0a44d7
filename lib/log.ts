import pino, { type Logger } from "pino";
import { env } from "#lib/env";
import { singleton } from "#lib/singleton";

/** Keys whose values must never be written, wherever they stand in an entry (LG-02); what is not named here is not logged either, see `log`. */
const SECRETS = ["code", "codes", "password", "token", "number", "to", "email", "cookie", "authorization", "text", "sealed", "secret", "identifier"];

function create(): Logger {
  const destination = pino.destination({ dest: 1, sync: false, minLength: 0 });
  // A closed or full standard output must not end the process that serves people.
  destination.on("error", () => undefined);
  return pino(
    {
      level: levelOf(),
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRETS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), remove: true },
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
}

/** Building loads this file without a configuration. */
function levelOf(): string {
  try {
    return env().LOG_LEVEL;
  } catch {
    return "info";
  }
}

/** The log of this process: JSON lines on standard output, with ids and outcomes, never with what a person typed or was sent. */
export const log: Pick<Logger, "debug" | "info" | "warn" | "error"> = singleton("log", create);
