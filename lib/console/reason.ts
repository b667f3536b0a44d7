import type { Refused } from "#lib/errors";
import { fail, ok, type Result } from "#lib/result";

/** How long the reason of an act is. */
export const REASON = { least: 3, most: 200 };

/** Pure: judges why a member of staff does something: one line that says something, since it stands in the audit log. */
export function reasonOf(typed: string): Result<string, Refused> {
  const reason = typed.trim();
  const { length } = [...reason];
  return length >= REASON.least && length <= REASON.most && !/\p{Cc}/u.test(reason)
    ? ok(reason)
    : fail({ code: "invalid_input", fields: { reason: "invalid_input" } });
}
