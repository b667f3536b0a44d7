import { userInfo } from "node:os";
import { Refusal } from "../machine/refusal.ts";

/** Who does something at the command line, for the audit log: the operating system's user, cut to letters that need no escaping. */
export function atTheCommandLine(): string {
  try {
    return `cli:${userInfo()
      .username.replace(/[^\w.-]/g, "_")
      .slice(0, 32)}`;
  } catch {
    // A container may run as a user that has no name (ENOENT).
    return `cli:${process.getuid?.() ?? "unknown"}`;
  }
}

const REASON = 200;

/** The same with a reason, which stands in brackets so that no word of it is read as a method; refused when it is long or not one line. */
export function withReason(reason: string | undefined): string {
  if (reason === undefined) return atTheCommandLine();
  const text = reason.trim();
  if (text === "" || text.length > REASON || /\p{Cc}/u.test(text))
    throw new Refusal(`--reason takes one line of at most ${REASON} characters.`);
  return `${atTheCommandLine()} (${text})`;
}
