import { userInfo } from "node:os";
import { CommandRefusal } from "../machine/refusal.ts";
import { inWords } from "./language.ts";

/** Returns the actor of a command for the audit log: the operating system's user name, reduced to letters that need no escaping. */
export function atTheCommandLine(): string {
  try {
    return `cli:${userInfo()
      .username.replace(/[^\w.-]/g, "_")
      .slice(0, 32)}`;
  } catch {
    // A container may run as a user without a name (ENOENT).
    return `cli:${process.getuid?.() ?? "unknown"}`;
  }
}

const REASON = 200;

/**
 * Returns the actor with a reason in brackets, so that no word of it is read as a method. Refuses a reason that is too long or has more than one
 * line.
 */
export function withReason(reason: string | undefined): string {
  if (reason === undefined) return atTheCommandLine();
  const text = reason.trim();
  if (text === "" || text.length > REASON || /\p{Cc}/u.test(text))
    throw new CommandRefusal(
      inWords({
        en: `--reason takes one line of at most ${REASON} characters.`,
        ja: `--reason には、${REASON}文字までの1行を書いてください。`,
      }),
    );
  return `${atTheCommandLine()} (${text})`;
}
