import type { Authenticator, House } from "#lib/challenges/port";
import type { Channel } from "#lib/db/generated/enums";
import { type Method, methodOf } from "#lib/methods";

/** Pure: parses a typed answer. */

/**
 * A parsed answer and the kind that judges it; a null `method` means the message sent last. `readers` are all sent kinds that read the text alike;
 * `unsent` is the fallback while the challenge has sent nothing.
 */
export type Answer = { by: Authenticator; readers: Authenticator[]; method: Method | null; typed: string; unsent?: Answer };

/**
 * Parses an answer; null means that it cannot be one and costs no attempt (OTP-14). Without a method a sent kind is tried first, because six digits
 * fit a text and an app.
 */
export function readAnswer({ authenticators }: House, method: Method | undefined, typed: string): Answer | null {
  const possible = authenticators.filter((one) => method === undefined || one.methods.includes(method));
  const [sent, unsent] = [readBy(possible, true, method, typed), readBy(possible, false, method, typed)];
  return sent && unsent ? { ...sent, unsent } : (sent ?? unsent);
}

/** The answer as the kinds that are sent, or those that are not, read it. */
function readBy(possible: readonly Authenticator[], sent: boolean, method: Method | undefined, typed: string): Answer | null {
  for (const by of possible.filter((one) => one.sent === sent)) {
    const answer = by.read(typed);
    if (answer === null) continue;
    const readers = sent ? possible.filter((one) => one.sent && one.read(typed) === answer) : [by];
    return { by, readers, method: method ?? (sent ? null : (by.methods[0] ?? null)), typed: answer };
  }
  return null;
}

/** The method of a row's last message; null when none was sent. */
export const sentMethod = (row: { currentChannel: Channel | null }): Method | null =>
  row.currentChannel ? methodOf(row.currentChannel) : null;
