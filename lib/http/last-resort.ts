import { log } from "#lib/log";
import { requestContext } from "#lib/request";

const text = (args: readonly unknown[]) => args.map((arg) => (arg instanceof Error ? arg.message : String(arg))).join(" ");

let installed = false;

/**
 * Logs uncaught errors instead of ending the process (WB-08, ASVS 16.5.4). Output of Next and libraries also goes through the log, which masks
 * secrets.
 */
export function installLastResort(dev: boolean): void {
  if (installed) return;
  installed = true;
  process.on("uncaughtException", (error) => log.error({ event: "uncaught_exception", error }, "nobody caught an error"));
  process.on("unhandledRejection", (error) => log.error({ event: "unhandled_rejection", error }, "nobody caught a rejection"));
  if (dev) return;
  const error = (args: readonly unknown[]) => args.find((arg): arg is Error => arg instanceof Error);
  // The error page shows this id, so that a user's report identifies the line.
  const fields = (args: readonly unknown[]) => ({ id: requestContext()?.id, event: "console", error: error(args) });
  console.error = (...args: unknown[]) => {
    const context = requestContext();
    if (!context || context.ours || context.databaseUnavailable) return log.error(fields(args), text(args));
    // A client can cause this error, so it must not alert the operator: its kind is logged at info, with Next's message.
    log.info(
      { id: context.id, event: "malformed_request", reason: error(args)?.name ?? "none" },
      "a form or action call could not be read",
    );
    log.debug(fields(args), text(args));
  };
  console.warn = (...args: unknown[]) => log.warn(fields(args), text(args));
}
