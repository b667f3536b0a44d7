/** Pure: who is named in `method` of an event that an operator or a member of staff caused. */

/** The author of an act: `id` is a pseudonym of staff or the name of a user at the command line; `about` is what else `method` says. */
export type Author = { kind: "staff" | "cli"; id: string; reason: string | null; about: string | null };

const AUTHOR = /^(?:(.*?) )?(staff|cli):([\w.-]+)(?: \((.*)\))?$/s;

/** Reads the author of an event; null where `method` names none. */
export function authorOf(method: string | null): Author | null {
  const [, about = null, kind, id, reason = null] = AUTHOR.exec(method ?? "") ?? [];
  return kind && id ? { kind: kind as Author["kind"], id, reason, about } : null;
}
