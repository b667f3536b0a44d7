import { log } from "#lib/log";
import { requestContext } from "#lib/request";

const text = (args: readonly unknown[]) => args.map((arg) => (arg instanceof Error ? arg.message : String(arg))).join(" ");

let installed = false;

/**
 * Keeps the process alive and its output clean (WB-08, ASVS 16.5.4): what nobody caught is logged, and what Next and libraries print
 * goes through the log, which masks secrets, rather than onto the terminal as it is.
 */
export function installLastResort(dev: boolean): void {
  if (installed) return;
  installed = true;
  process.on("uncaughtException", (error) => log.error({ event: "uncaught_exception", error }, "nobody caught an error"));
  process.on("unhandledRejection", (error) => log.error({ event: "unhandled_rejection", error }, "nobody caught a rejection"));
  if (dev) return;
  const error = (args: readonly unknown[]) => args.find((arg): arg is Error => arg instanceof Error);
  // The id is the reference on the error page, so that a person's report leads to this line.
  const fields = (args: readonly unknown[]) => ({ id: requestContext()?.id, event: "console", error: error(args) });
  console.error = (...args: unknown[]) => {
    const context = requestContext();
    if (!context || context.ours || context.databaseUnavailable) return log.error(fields(args), text(args));
    // What a stranger can cause must call nobody: its kind is noted, and what exactly Next said is there for who looks for it.
    log.info(
      { id: context.id, event: "malformed_request", reason: error(args)?.name ?? "none" },
      "a form or action call could not be read",
    );
    log.debug(fields(args), text(args));
  };
  console.warn = (...args: unknown[]) => log.warn(fields(args), text(args));
}
