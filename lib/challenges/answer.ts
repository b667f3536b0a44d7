import type { Authenticator, House } from "#lib/challenges/port";
import type { Channel } from "#lib/db/generated/enums";
import { type Method, methodOf } from "#lib/methods";

/** Pure: parses a typed answer. */

/**
 * An answer that could be right: the kind that judges it, with the sent kinds that read it alike, the method it names (null: the one last sent), and
 * what was typed in one spelling. `unsent` is the same text as the answer of a kind that is not sent, for a challenge that has sent nothing.
 */
export type Answer = { by: Authenticator; readers: Authenticator[]; method: Method | null; typed: string; unsent?: Answer };

/**
 * Parses an answer, or returns null for input that cannot be one, which is not counted as a guess (OTP-14). Without a method, what looks like a sent
 * code answers the message sent last, or where nothing was sent the first kind that knows it; so does everything else.
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
