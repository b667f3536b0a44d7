import type { Authenticator, House } from "#lib/challenges/port";
import type { Channel } from "#lib/db/generated/enums";
import { type Method, methodOf } from "#lib/methods";

/** Pure: parses a typed answer. */

/**
 * An answer that could be right: the kind that judges it, with the sent kinds that read it alike, the method it names (null: the one last sent), and
 * what was typed in one spelling.
 */
export type Answer = { by: Authenticator; readers: Authenticator[]; method: Method | null; typed: string };

/**
 * Parses an answer, or returns null for input that cannot be one, which is not counted as a guess (OTP-14). Without a method, what looks like a sent
 * code answers the message sent last; everything else is read by the first kind that knows it.
 */
export function readAnswer({ authenticators }: House, method: Method | undefined, typed: string): Answer | null {
  const possible = authenticators.filter((one) => method === undefined || one.methods.includes(method));
  for (const by of [...possible].sort((a, b) => Number(b.sent) - Number(a.sent))) {
    const answer = by.read(typed);
    if (answer === null) continue;
    const readers = by.sent ? possible.filter((one) => one.sent && one.read(typed) === answer) : [by];
    return { by, readers, method: method ?? (by.sent ? null : (by.methods[0] ?? null)), typed: answer };
  }
  return null;
}

/** The method of a row's last message; null when none was sent. */
export const sentMethod = (row: { currentChannel: Channel | null }): Method | null =>
  row.currentChannel ? methodOf(row.currentChannel) : null;
