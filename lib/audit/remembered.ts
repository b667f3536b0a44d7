import type { Head } from "#lib/audit/chain";
import { singleton } from "#lib/singleton";

/** The newest head that this process has seen: write access to the database does not reach it, so a chain that is cut off under a running process is found. */

const memory = () => singleton("audit-head", (): { head: Head | null } => ({ head: null }));

/** Notes a head; an older one never takes its place. */
export function rememberHead(head: Head): void {
  const known = memory().head;
  if (!known || head.position > known.position) memory().head = head;
}

/** The newest head seen so far, or null. */
export const rememberedHead = (): Head | null => memory().head;
